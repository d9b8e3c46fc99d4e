-- name: list
SELECT c.id, c.owner, c.name, c.description, nullif(c.summary, '') AS summary, c.summary_by,
    coalesce(n.memories, 0) AS memories, coalesce(n.statements, 0) AS statements,
    (SELECT count(*) FROM documents d
        WHERE d.collection_id = c.id AND d.owner = c.owner AND d.deleted_at IS NULL) AS documents
FROM collections c LEFT JOIN (
    SELECT collection_id, count(*) FILTER (WHERE kind = 'memory') AS memories,
        count(*) FILTER (WHERE kind = 'turn') AS statements
    FROM passages WHERE owner = ANY($1) AND NOT hidden GROUP BY collection_id
) AS n ON n.collection_id = c.id
WHERE c.owner = ANY($1) AND ($2::text IS NULL OR c.name = $2)
ORDER BY c.owner <> 'household', c.name

-- name: describe
-- What fits a question better now may answer it better.
UPDATE collections SET description = nullif($3, ''), version = nextval('knowledge_version')
WHERE owner = $1 AND name = $2
RETURNING id

-- name: all
SELECT c.id, c.owner, c.name, c.description, c.summary, c.summary_by, c.version, c.summary_version, c.summary_passages
FROM collections c ORDER BY c.id

-- name: content
SELECT count(*) AS passages, count(*) FILTER (WHERE kind = 'chunk') AS chunks
FROM passages WHERE collection_id = $1 AND owner = $2 AND kind <> 'turn' AND NOT hidden

-- name: titles
SELECT title FROM documents
WHERE collection_id = $1 AND owner = $2 AND deleted_at IS NULL AND state = 'ready'
ORDER BY title, id LIMIT $3

-- name: sample
-- The beginnings of all documents first.
SELECT p.text FROM passages p LEFT JOIN chunks c ON c.id = p.chunk_id AND c.owner = p.owner
WHERE p.collection_id = $1 AND p.owner = $2 AND p.kind = $3 AND p.kind <> 'turn' AND NOT p.hidden
ORDER BY coalesce(c.position, 0), p.id LIMIT $4

-- name: save_summary
-- Not of what has changed meanwhile: something may be gone.
UPDATE collections SET summary = $3, summary_by = $4, summary_version = version, summary_passages = $5
WHERE id = $1 AND owner = $2 AND version = $6
RETURNING id

-- name: vectors
SELECT collection_id, hash, vector FROM collection_embeddings WHERE model_id = $1

-- name: save_vector
INSERT INTO collection_embeddings (collection_id, model_id, owner, hash, vector)
SELECT id, $2, owner, $3, $4 FROM collections WHERE id = $1 FOR KEY SHARE
ON CONFLICT (collection_id, model_id) DO UPDATE SET hash = excluded.hash, vector = excluded.vector

-- name: delete_vectors
DELETE FROM collection_embeddings WHERE model_id = $1 AND collection_id = ANY($2)
