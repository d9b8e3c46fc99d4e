-- name: clear_statistics
DELETE FROM lexeme_statistics

-- name: count_lexemes
INSERT INTO lexeme_statistics (lexeme, documents)
SELECT word, ndoc FROM ts_stat('SELECT lexemes FROM ai_memory.passage_lexemes')
UNION ALL SELECT '', count(*) FROM passage_lexemes

-- name: counted
SELECT coalesce(max(documents), 0) AS counted, (SELECT count(*) FROM passage_lexemes) AS passages
FROM lexeme_statistics WHERE lexeme = ''

-- name: count_embeddings
SELECT count(*) FROM embeddings WHERE model_id = $1

-- name: index_state
SELECT indisvalid AS valid, pg_relation_size(indexrelid) AS bytes, obj_description(indexrelid, 'pg_class') AS note
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relname = $1 AND relnamespace = 'ai_memory'::regnamespace

-- name: note_index
COMMENT ON INDEX ai_memory.embeddings_hnsw_{model_id} IS '{note}'

-- name: orphaned_indexes
SELECT substring(relname FROM '[0-9]+$')::int AS model_id FROM pg_class
WHERE relnamespace = 'ai_memory'::regnamespace AND relkind = 'i' AND relname ~ '^embeddings_hnsw_[0-9]{1,9}$'
    AND NOT EXISTS (SELECT FROM embedding_models WHERE id = substring(relname FROM '[0-9]+$')::int)

-- name: create_index
CREATE INDEX CONCURRENTLY embeddings_hnsw_{model_id} ON ai_memory.embeddings
USING hnsw ((vector::{vector_schema}.halfvec({dimensions})) {vector_schema}.halfvec_cosine_ops)
WHERE model_id = {model_id}

-- name: drop_index
DROP INDEX CONCURRENTLY IF EXISTS ai_memory.embeddings_hnsw_{model_id}

-- name: delete_expired_answers
DELETE FROM response_cache WHERE expires_at <= now()

-- name: statistics
SELECT (SELECT count(*) FROM memories) AS memories, (SELECT count(*) FROM turns) AS turns,
    (SELECT count(*) FROM conversations) AS conversations, (SELECT count(*) FROM preferences) AS preferences,
    (SELECT count(*) FROM response_cache) AS cached_answers, (SELECT count(*) FROM passages) AS passages,
    (SELECT count(*) FROM dropped_secrets) AS dropped_secrets,
    (SELECT count(*) FROM documents WHERE deleted_at IS NULL AND words IS NOT NULL) AS documents,
    (SELECT max(version) FROM schema_migrations) AS schema_version,
    (SELECT count(*) FROM turns WHERE started_at >= $1) AS turns_today,
    (SELECT sum(pg_total_relation_size(oid)) FROM pg_class
        WHERE relnamespace = 'ai_memory'::regnamespace AND relkind = 'r')::bigint AS database_bytes,
    hits, asked, recall_latency
FROM (
    SELECT count(*) FILTER (WHERE cache = 'hit') AS hits,
        count(*) FILTER (WHERE cache IN ('hit', 'miss', 'stored', 'incomplete')) AS asked,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY (stages ->> 'look_up')::float8) AS recall_latency
    FROM turns WHERE started_at > now() - interval '1 day'
) AS lately

-- name: folders
SELECT DISTINCT folder FROM document_names WHERE folder IS NOT NULL ORDER BY folder

-- name: clear_tools
DELETE FROM tool_executions WHERE id IN (
    SELECT e.id FROM turns t JOIN tool_executions e ON e.turn_id = t.id AND e.owner = t.owner
    WHERE t.started_at < $1 LIMIT $2)
RETURNING id

-- name: clear_references
DELETE FROM context_references WHERE id IN (
    SELECT r.id FROM turns t JOIN context_references r ON r.turn_id = t.id AND r.owner = t.owner
    WHERE t.started_at < $1 LIMIT $2)
RETURNING id

-- name: clear_stages
UPDATE turns SET stages = '{}' WHERE id IN (
    SELECT id FROM turns WHERE started_at < $1 AND stages <> '{}' LIMIT $2)
RETURNING id
