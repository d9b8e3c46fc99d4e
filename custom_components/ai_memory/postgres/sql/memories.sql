-- name: collection
INSERT INTO collections (owner, name) VALUES ($1, $2)
ON CONFLICT (owner, name) DO UPDATE SET name = excluded.name
RETURNING id

-- name: insert
INSERT INTO memories (owner, collection_id, content, language, source, tags, confidence, turn_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (owner, collection_id, md5(content)) DO UPDATE
    SET updated_at = now(), source = coalesce(excluded.source, memories.source),
        tags = (SELECT coalesce(array_agg(DISTINCT tag), '{}') FROM unnest(memories.tags || excluded.tags) AS tag),
        confidence = greatest(memories.confidence, excluded.confidence)
RETURNING id, created_at, updated_at, tags, source, confidence, turn_id, (xmax = 0) AS is_new

-- name: forget
DELETE FROM memories WHERE id = ANY($1) AND owner = ANY($2) RETURNING id, owner

-- name: get
SELECT m.id, m.owner, m.content, c.name AS collection, m.source, m.tags, m.language, m.confidence, m.turn_id,
    m.created_at, m.updated_at
FROM memories m JOIN collections c ON c.id = m.collection_id
WHERE m.id = ANY($1) AND m.owner = ANY($2)
ORDER BY m.id

-- name: statistics
SELECT (SELECT count(*) FROM memories) AS memories, (SELECT count(*) FROM turns) AS turns,
    (SELECT count(*) FROM conversations) AS conversations, (SELECT count(*) FROM preferences) AS preferences,
    (SELECT count(*) FROM response_cache) AS cached_answers, (SELECT count(*) FROM passages) AS passages,
    (SELECT max(version) FROM schema_migrations) AS schema_version
