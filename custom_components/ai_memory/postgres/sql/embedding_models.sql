-- name: active
SELECT id, provider, name, dimensions FROM embedding_models WHERE active

-- name: building
SELECT id, provider, name, dimensions FROM embedding_models WHERE building

-- name: find
SELECT id FROM embedding_models WHERE provider = $1 AND name = $2 AND dimensions = $3

-- name: retire_others
UPDATE embedding_models SET active = false, retired_at = now()
WHERE active AND (provider, name, dimensions) IS DISTINCT FROM ($1, $2, $3)

-- name: add
INSERT INTO embedding_models (provider, name, dimensions) VALUES ($1, $2, $3)
ON CONFLICT (provider, name, dimensions) DO UPDATE SET name = excluded.name
RETURNING id

-- name: set_active
UPDATE embedding_models SET active = true, building = false, retired_at = NULL WHERE id = $1 AND NOT active

-- name: begin_building
-- `created_at`: since when its vectors are made.
UPDATE embedding_models
SET building = true, retired_at = NULL, created_at = CASE WHEN building THEN created_at ELSE now() END
WHERE id = $1
RETURNING created_at

-- name: switch_from
UPDATE embedding_models SET active = false, retired_at = now()
WHERE active AND EXISTS (SELECT FROM embedding_models WHERE id = $1 AND building)

-- name: knowledge_changed
-- What was looked up before may be answered otherwise from now on.
UPDATE collections SET version = nextval('knowledge_version')

-- name: switch_to
UPDATE embedding_models SET active = true, building = false WHERE id = $1 AND building RETURNING id

-- name: stop_building
UPDATE embedding_models SET building = false, retired_at = now() WHERE id = $1 AND building

-- name: replaced
SELECT id, dimensions FROM embedding_models
WHERE NOT active AND NOT building AND (retired_at IS NULL OR retired_at <= now() - $1::interval)

-- name: delete_some_vectors
-- Of a model that is asked again meanwhile, none.
DELETE FROM embeddings WHERE ctid = ANY (ARRAY(
    SELECT e.ctid FROM embeddings e JOIN embedding_models m ON m.id = e.model_id
    WHERE m.id = $1 AND NOT m.active AND NOT m.building LIMIT $2))

-- name: delete_model
DELETE FROM embedding_models WHERE id = $1 AND NOT active AND NOT building

-- name: delete_gates
DELETE FROM recall_gates
WHERE embedder <> 'none' AND NOT EXISTS (SELECT FROM embedding_models WHERE id::text = embedder)

-- name: without_embedding
-- What is in the bin needs none. What people said comes before what is in documents.
SELECT p.id, p.kind, p.speaker, p.text, p.created_at, c.heading
FROM passages p LEFT JOIN chunks c ON c.id = p.chunk_id
WHERE NOT p.hidden
    AND NOT EXISTS (SELECT FROM embeddings e WHERE e.passage_id = p.id AND e.model_id = $1)
    AND NOT EXISTS (SELECT FROM embedding_failures f WHERE f.passage_id = p.id AND f.model_id = $1)
ORDER BY (p.kind = 'chunk'), p.id
LIMIT $2

-- name: count_without_embedding
SELECT count(*) FROM passages p
WHERE NOT p.hidden
    AND NOT EXISTS (SELECT FROM embeddings e WHERE e.passage_id = p.id AND e.model_id = $1)
    AND NOT EXISTS (SELECT FROM embedding_failures f WHERE f.passage_id = p.id AND f.model_id = $1)

-- name: count_findable
SELECT count(*) FROM passages WHERE NOT hidden

-- name: count_unembeddable
SELECT count(*) FROM embedding_failures f JOIN passages p ON p.id = f.passage_id
WHERE f.model_id = $1 AND NOT p.hidden

-- name: sample
SELECT p.id, p.kind, p.speaker, p.text, p.created_at, c.heading
FROM (SELECT id FROM passages WHERE owner = $1 AND NOT hidden ORDER BY random() LIMIT $2) AS chosen
    JOIN passages p USING (id) LEFT JOIN chunks c ON c.id = p.chunk_id

-- name: insert_embeddings
-- $1 passages, $2 vectors, $3 the hashes of the texts that they were made of, $4 model.
-- A passage that was changed, forgotten or put into the bin since then gets none. One that this happens to right now is
-- passed over: to wait for it with others locked could end in a deadlock.
INSERT INTO embeddings (passage_id, model_id, owner, vector)
SELECT p.id, $4, p.owner, made.vector
FROM unnest($1::bigint[], $2::halfvec[], $3::text[]) AS made (passage_id, vector, hash)
    JOIN passages p ON p.id = made.passage_id
WHERE NOT p.hidden AND (made.hash IS NULL OR made.hash = md5(p.text))
FOR SHARE OF p SKIP LOCKED
ON CONFLICT DO NOTHING

-- name: insert_failures
INSERT INTO embedding_failures (passage_id, model_id)
SELECT p.id, $3
FROM unnest($1::bigint[], $2::text[]) AS failed (passage_id, hash) JOIN passages p ON p.id = failed.passage_id
WHERE NOT p.hidden AND failed.hash = md5(p.text)
FOR SHARE OF p SKIP LOCKED
ON CONFLICT DO NOTHING

-- name: forget_failures
-- A server may have learned better meanwhile.
DELETE FROM embedding_failures WHERE failed_at < now() - interval '7 days'

-- name: knowledge_searchable_now
UPDATE collections SET version = nextval('knowledge_version')
WHERE id IN (SELECT collection_id FROM passages WHERE id = ANY($1))
