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
SELECT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relname = $1 AND relnamespace = 'ai_memory'::regnamespace

-- name: create_index
CREATE INDEX CONCURRENTLY embeddings_hnsw_{model_id} ON ai_memory.embeddings
USING hnsw ((vector::{vector_schema}.halfvec({dimensions})) {vector_schema}.halfvec_cosine_ops)
WHERE model_id = {model_id}

-- name: drop_index
DROP INDEX CONCURRENTLY IF EXISTS ai_memory.embeddings_hnsw_{model_id}

-- name: delete_expired_answers
DELETE FROM response_cache WHERE expires_at <= now()

-- name: delete_inactive_models
-- The vectors of a model that nobody asks any more go once the active one has them all.
DELETE FROM embedding_models old
WHERE NOT old.active AND EXISTS (
    SELECT FROM embedding_models WHERE active AND NOT EXISTS (
        SELECT FROM passages p WHERE NOT EXISTS (
            SELECT FROM embeddings e WHERE e.passage_id = p.id AND e.model_id = embedding_models.id)))
RETURNING id
