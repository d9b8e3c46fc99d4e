-- name: go_by_keys
-- A plan that was made while the tables were small, or when an import was rolled back, would read them whole for every row.
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_sort', 'off', true)

-- name: schema_version
SELECT max(version) FROM schema_migrations

-- name: owners
SELECT owner FROM collections UNION SELECT owner FROM conversations UNION SELECT owner FROM turns
UNION SELECT owner FROM memories UNION SELECT owner FROM preferences UNION SELECT owner FROM feedback
UNION SELECT owner FROM training_examples UNION SELECT owner FROM dropped_secrets UNION SELECT owner FROM documents
ORDER BY owner

-- name: models
SELECT id, provider, name, dimensions FROM embedding_models ORDER BY id

-- What is exported, a page at a time: $1 owners, $2 the key of the last row, $3 how many rows.

-- name: export_collections
SELECT id AS page_key, owner, name, description, summary, summary_by, summary_passages FROM collections
WHERE owner = ANY($1) AND id > $2 ORDER BY id LIMIT $3

-- name: export_conversations
SELECT id AS page_key, id, session_id, owner, title, summary, language, started_at, updated_at, deleted_at,
    ARRAY(SELECT tag FROM tags WHERE conversation_id = c.id ORDER BY tag) AS tags
FROM conversations c
WHERE owner = ANY($1) AND id > $2 ORDER BY id LIMIT $3

-- name: export_turns
SELECT t.id AS page_key, t.id, t.conversation_id AS conversation, t.owner, t.text, t.resolved_text, t.reply, t.answered_by,
    t.agent_id, t.model, t.language, t.intent, t.device_id, t.satellite_id, t.cache, t.stages, t.error, t.started_at,
    t.recorded_at
FROM turns t JOIN conversations c ON c.id = t.conversation_id AND c.owner = ANY($1)
WHERE t.owner = ANY($1) AND t.id > $2 ORDER BY t.id LIMIT $3

-- name: export_messages
SELECT id AS page_key, turn_id AS turn, position, role, content, thinking, tool_calls, input_tokens, output_tokens, language,
    intent, created_at
FROM messages
WHERE owner = ANY($1) AND id > $2 ORDER BY id LIMIT $3

-- name: export_tool_executions
SELECT x.id AS page_key, x.turn_id AS turn, x.position, x.name, x.arguments, x.result, x.status, t.language
FROM tool_executions x JOIN turns t ON t.id = x.turn_id
WHERE x.owner = ANY($1) AND x.id > $2 ORDER BY x.id LIMIT $3

-- name: export_memories
SELECT m.id AS page_key, m.id, m.owner, c.name AS collection, m.content, m.language, m.source, m.tags, m.confidence,
    t.id AS turn, m.created_at, m.updated_at, m.place, m.status
FROM memories m JOIN collections c ON c.id = m.collection_id
LEFT JOIN turns t ON t.id = m.turn_id AND t.owner = ANY($1)
WHERE m.owner = ANY($1) AND m.id > $2 ORDER BY m.id LIMIT $3

-- name: export_documents
SELECT d.id AS page_key, d.id, d.owner, c.name AS collection, d.title, d.language, d.format, d.state, d.problem, d.sha256,
    d.bytes, d.pages, d.words, d.secrets, d.original, d.created_at, d.updated_at, d.deleted_at, d.erased, d.put_away
FROM documents d JOIN collections c ON c.id = d.collection_id
WHERE d.owner = ANY($1) AND d.id > $2 ORDER BY d.id LIMIT $3

-- name: export_document_names
SELECT id AS page_key, document_id AS document, folder, path, bytes, modified_ns, added_at FROM document_names
WHERE owner = ANY($1) AND id > $2 ORDER BY id LIMIT $3

-- name: export_document_versions
SELECT id AS page_key, document_id AS document, sha256, bytes, pages, words, read_at FROM document_versions
WHERE owner = ANY($1) AND id > $2 ORDER BY id LIMIT $3

-- name: export_passages
SELECT p.id AS page_key, p.id, p.memory_id AS memory, p.turn_id AS turn, h.document_id AS document, h.position, h.page,
    h.heading, c.name AS collection, p.speaker, p.text, p.created_at, p.place, p.hidden,
    coalesce(t.language, m.language, d.language) AS language
FROM passages p JOIN collections c ON c.id = p.collection_id
LEFT JOIN turns t ON t.id = p.turn_id LEFT JOIN memories m ON m.id = p.memory_id
LEFT JOIN chunks h ON h.id = p.chunk_id LEFT JOIN documents d ON d.id = h.document_id
WHERE p.owner = ANY($1) AND p.id > $2 ORDER BY p.id LIMIT $3

-- name: export_embeddings
SELECT passage_id, model_id, vector FROM embeddings WHERE passage_id = ANY($1) ORDER BY passage_id, model_id

-- name: export_context_references
SELECT r.id AS page_key, r.turn_id AS turn, r.passage_id AS passage, r.position, r.snippet, r.score, r.cosine, r.lexical,
    r.verdict, coalesce(t.language, m.language, d.language) AS language
FROM context_references r JOIN passages p ON p.id = r.passage_id AND p.owner = ANY($1)
LEFT JOIN turns t ON t.id = p.turn_id LEFT JOIN memories m ON m.id = p.memory_id
LEFT JOIN chunks h ON h.id = p.chunk_id LEFT JOIN documents d ON d.id = h.document_id
WHERE r.owner = ANY($1) AND r.id > $2 ORDER BY r.id LIMIT $3

-- name: export_preferences
SELECT id AS page_key, owner, key, category, value, created_at, updated_at FROM preferences
WHERE owner = ANY($1) AND id > $2 ORDER BY id LIMIT $3

-- name: export_feedback
SELECT f.id AS page_key, f.turn_id AS turn, f.owner, f.rating, f.comment, f.correction, t.id AS corrected_by, f.source,
    f.created_at, f.updated_at
FROM feedback f LEFT JOIN turns t ON t.id = f.corrected_by AND t.owner = ANY($1)
WHERE f.owner = ANY($1) AND f.id > $2 ORDER BY f.id LIMIT $3

-- name: export_training_examples
SELECT turn_id AS page_key, turn_id AS turn, owner, format, exported_at FROM training_examples
WHERE owner = ANY($1) AND turn_id > $2 ORDER BY turn_id FETCH FIRST $3 ROWS WITH TIES

-- name: export_dropped_secrets
SELECT id AS page_key, owner, kind, source, turn_id AS turn, created_at FROM dropped_secrets
WHERE owner = ANY($1) AND id > $2 ORDER BY id LIMIT $3

-- What is imported, a row at a time, with the columns of its line in their order. What hangs on a turn is taken only
-- where the turn is new: xmin tells that this transaction made it.

-- name: begin
-- The shelves are marked as changed at the end: their rows would stay locked all the while.
SELECT set_config('ai_memory.importing', 'on', true)

-- name: model
INSERT INTO embedding_models (provider, name, dimensions) VALUES ($1, $2, $3)
ON CONFLICT (provider, name, dimensions) DO NOTHING

-- name: model_id
SELECT id FROM embedding_models WHERE provider = $1 AND name = $2 AND dimensions = $3

-- name: collection
INSERT INTO collections (owner, name, description, summary, summary_by, summary_passages) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (owner, name) DO NOTHING

-- name: describe
UPDATE collections SET description = $3, version = nextval('knowledge_version')
WHERE owner = $1 AND name = $2 AND description IS NULL

-- name: conversation
-- The same conversation, in the bin or not; else the session that goes on here.
WITH there AS (
    SELECT id FROM conversations
    WHERE session_id = $2 AND owner = $3 AND (started_at = $7 OR ($9::timestamptz IS NULL AND deleted_at IS NULL))
    ORDER BY started_at = $7 DESC, deleted_at IS NULL DESC, id LIMIT 1
), made AS (
    INSERT INTO conversations (session_id, owner, title, summary, language, started_at, updated_at, deleted_at)
    SELECT $2, $3, $4, $5, $6, $7, $8, $9 WHERE NOT EXISTS (SELECT FROM there)
    RETURNING id
), gone_on AS (
    UPDATE conversations SET updated_at = $8 WHERE id = (SELECT id FROM there) AND updated_at < $8
)
SELECT $1::bigint AS old, id, true AS is_new FROM made UNION ALL SELECT $1, id, false FROM there

-- name: tag
INSERT INTO tags (conversation_id, owner, tag) SELECT id, owner, $2 FROM conversations WHERE id = $1
ON CONFLICT DO NOTHING

-- name: turn
INSERT INTO turns (id, conversation_id, owner, text, resolved_text, reply, answered_by, agent_id, model, language, intent,
    device_id, satellite_id, cache, stages, error, started_at, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (id) DO NOTHING
RETURNING id

-- name: drop_empty_conversations
-- Their turns were there already, in another one.
DELETE FROM conversations c
WHERE c.id = ANY($1) AND c.xmin = pg_current_xact_id()::xid AND NOT EXISTS (SELECT FROM turns WHERE conversation_id = c.id)
RETURNING c.id

-- name: messages
INSERT INTO messages (conversation_id, turn_id, owner, position, role, content, thinking, tool_calls, input_tokens,
    output_tokens, language, intent, created_at)
SELECT t.conversation_id, t.id, t.owner, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
FROM turns t WHERE t.id = $1 AND t.xmin = pg_current_xact_id()::xid

-- name: tool_executions
INSERT INTO tool_executions (turn_id, owner, position, name, arguments, result, status)
SELECT t.id, t.owner, $2, $3, $4, $5, $6 FROM turns t WHERE t.id = $1 AND t.xmin = pg_current_xact_id()::xid

-- name: memory
-- As `insert` in memories.sql, but what was known here keeps its source and times.
INSERT INTO memories (owner, collection_id, content, language, source, tags, confidence, turn_id, created_at, updated_at,
    place, status)
SELECT c.owner, c.id, $4, $5, $6, $7, $8, (SELECT id FROM turns WHERE id = $9), $10, $11, $12, $13
FROM collections c WHERE c.owner = $2 AND c.name = $3
ON CONFLICT (owner, collection_id, md5(content), coalesce(place, '')) DO UPDATE
    SET updated_at = greatest(memories.updated_at, excluded.updated_at),
        source = coalesce(memories.source, excluded.source),
        tags = (SELECT coalesce(array_agg(DISTINCT tag), '{}') FROM unnest(memories.tags || excluded.tags) AS tag),
        confidence = greatest(memories.confidence, excluded.confidence),
        status = least(memories.status, excluded.status)
RETURNING $1::bigint AS old, id, (xmax = 0) AS is_new

-- name: passage_of_memory
WITH there AS (
    SELECT id FROM passages WHERE memory_id = $2
), made AS (
    INSERT INTO passages (owner, collection_id, kind, memory_id, speaker, text, created_at, place, hidden)
    SELECT owner, collection_id, 'memory', id, $3, content, $4, place, $5 FROM memories
    WHERE id = $2 AND NOT EXISTS (SELECT FROM there)
    RETURNING id
)
SELECT $1::bigint AS old, id, true AS is_new FROM made UNION ALL SELECT $1, id, false FROM there

-- name: passage_of_turn
WITH there AS (
    SELECT id FROM passages WHERE turn_id = $2
), made AS (
    INSERT INTO passages (owner, collection_id, kind, turn_id, speaker, text, created_at, place, hidden)
    SELECT t.owner, c.id, 'turn', t.id, $4, $5, $6, $7, $8
    FROM turns t JOIN collections c ON c.owner = t.owner AND c.name = $3
    WHERE t.id = $2 AND t.xmin = pg_current_xact_id()::xid AND NOT EXISTS (SELECT FROM there)
    RETURNING id
)
SELECT $1::bigint AS old, id, true AS is_new FROM made UNION ALL SELECT $1, id, false FROM there

-- name: document
-- The same document, or the same content on the same shelf, as it is here, also in the bin; of those that come now, only
-- what is not in the bin is one. What comes into the bin is not what stands in a folder here: see `read_anew`.
WITH shelf AS (
    SELECT id FROM collections WHERE owner = $2 AND name = $3
), there AS (
    SELECT d.id, d.erased FROM documents d
    WHERE d.id = $1 OR (d.owner = $2 AND d.collection_id = (SELECT id FROM shelf) AND d.sha256 = $9
        AND (d.xmin <> pg_current_xact_id()::xid OR (d.deleted_at IS NULL AND $17::timestamptz IS NULL))
        AND ($17::timestamptz IS NULL OR d.deleted_at IS NOT NULL OR d.original IS NOT NULL))
    ORDER BY d.id = $1 DESC, d.deleted_at DESC NULLS FIRST LIMIT 1
), made AS (
    INSERT INTO documents (id, owner, collection_id, title, language, format, state, problem, sha256, bytes, pages, words,
        secrets, original, created_at, updated_at, deleted_at, erased, put_away)
    SELECT $1, $2, id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, (
            -- A file is one document's.
            SELECT $14::text WHERE NOT EXISTS (SELECT FROM documents WHERE original = $14)
        ), $15, $16, $17, $18, coalesce($19, false)
    FROM shelf WHERE NOT EXISTS (SELECT FROM there)
    -- Came in by itself this moment.
    ON CONFLICT (owner, collection_id, sha256) WHERE deleted_at IS NULL AND sha256 IS NOT NULL
        DO UPDATE SET updated_at = documents.updated_at
    RETURNING id, xmax = 0 AS is_new
)
SELECT $1 AS old, id, is_new FROM made UNION ALL SELECT $1, id, false FROM there

-- name: document_name
-- A file in a folder that has a document keeps it; an upload has a name once.
INSERT INTO document_names (document_id, owner, folder, path, bytes, modified_ns, added_at)
SELECT d.id, d.owner, $2, $3, $4, $5, $6 FROM documents d
WHERE d.id = $1 AND ($2::text IS NOT NULL OR NOT d.erased AND NOT EXISTS (
    SELECT FROM document_names n WHERE n.document_id = d.id AND n.owner = d.owner AND n.folder IS NULL AND n.path = $3))
ON CONFLICT (folder, path) WHERE folder IS NOT NULL DO NOTHING

-- name: document_version
INSERT INTO document_versions (document_id, owner, sha256, bytes, pages, words, read_at)
SELECT d.id, d.owner, $2, $3, $4, $5, $6 FROM documents d
WHERE d.id = $1 AND NOT d.erased AND NOT EXISTS (
    SELECT FROM document_versions v WHERE v.document_id = d.id AND v.owner = d.owner AND v.sha256 = $2 AND v.read_at = $6)

-- name: drop_same_versions
-- The same content read again is the same version.
DELETE FROM document_versions v USING (
    SELECT id, sha256 = lag(sha256) OVER (PARTITION BY document_id ORDER BY read_at, id) AS is_same
    FROM document_versions WHERE document_id = ANY($1)
) AS each
WHERE v.id = each.id AND each.is_same

-- name: passage_of_chunk
-- $2 document, $3 whether it is new, $4 position, $5 page, $6 heading, $7 hash, $8 text, $9 time
WITH there AS (
    SELECT p.id FROM chunks c JOIN passages p ON p.chunk_id = c.id
    WHERE c.document_id = $2 AND c.hash = $7 AND NOT $3 ORDER BY c.position LIMIT 1
), chunk AS (
    INSERT INTO chunks (document_id, owner, position, page, heading, hash)
    SELECT id, owner, $4, $5, $6, $7 FROM documents WHERE id = $2 AND $3 AND NOT erased
    RETURNING id, document_id
), made AS (
    INSERT INTO passages (owner, collection_id, kind, chunk_id, text, created_at, hidden)
    SELECT d.owner, d.collection_id, 'chunk', chunk.id, $8, $9, d.deleted_at IS NOT NULL
    FROM chunk JOIN documents d ON d.id = chunk.document_id
    RETURNING id
)
SELECT $1::bigint AS old, id, true AS is_new FROM made UNION ALL SELECT $1, id, false FROM there

-- name: as_usual
-- From here on the shelves are marked at once.
SELECT set_config('ai_memory.importing', 'off', true)

-- name: put_away
-- Of what was erased elsewhere, the files are away since now: the folder may come later.
UPDATE documents d SET put_away = true, updated_at = CASE WHEN d.erased AND NOT EXISTS (
        SELECT FROM document_names n WHERE n.document_id = d.id AND n.owner = d.owner
    ) THEN now() ELSE d.updated_at END
WHERE d.id = ANY($1)

-- name: read_anew
-- Documents that a folder here has read by itself with the content of such ($1) as had been put away before, elsewhere: it
-- could not know.
SELECT l.id, l.owner, d.id AS put_away
FROM documents d JOIN documents l ON l.owner = d.owner AND l.collection_id = d.collection_id AND l.sha256 = d.sha256
WHERE d.id = ANY($1) AND d.deleted_at < l.created_at AND l.xmin <> pg_current_xact_id()::xid
    AND l.deleted_at IS NULL AND l.original IS NULL
    AND EXISTS (SELECT FROM document_names n WHERE n.document_id = l.id AND n.owner = l.owner)
    AND NOT EXISTS (SELECT FROM document_names n WHERE n.document_id = l.id AND n.owner = l.owner AND n.folder IS NULL)
ORDER BY l.id, d.id
FOR UPDATE OF l

-- name: give_names
UPDATE document_names SET document_id = $2 WHERE document_id = $1 AND owner = $3

-- name: end_documents
-- Uploads that were to be read, and whose files are not here.
UPDATE documents d
SET state = CASE WHEN is_read THEN 'ready' ELSE 'failed' END, problem = CASE WHEN NOT is_read THEN 'unreadable' END
FROM (
    SELECT w.id, EXISTS (SELECT FROM chunks c WHERE c.document_id = w.id) AS is_read
    FROM documents w
    WHERE w.id = ANY($1) AND w.state = 'waiting' AND w.original IS NULL
        AND NOT EXISTS (SELECT FROM document_names n WHERE n.document_id = w.id AND n.folder IS NOT NULL)
) AS waiting
WHERE d.id = waiting.id

-- name: drop_empty_documents
-- Never read, of a file that is not here.
DELETE FROM documents d
WHERE d.id = ANY($1) AND d.sha256 IS NULL AND d.original IS NULL
    AND NOT EXISTS (SELECT FROM document_names n WHERE n.document_id = d.id)
RETURNING d.id

-- name: embedding
INSERT INTO embeddings (passage_id, model_id, owner, vector) SELECT id, $2, owner, $3 FROM passages WHERE id = $1

-- name: words_of_passages
-- A document in the bin has none.
SELECT p.id, p.owner, p.text, coalesce(t.language, m.language, d.language) AS language, t.id IS NOT NULL AS is_of_turn,
    h.heading,
    (SELECT b.text FROM turns b WHERE b.conversation_id = t.conversation_id AND b.started_at < t.started_at
        ORDER BY b.conversation_id DESC, b.started_at DESC LIMIT 1) AS before
FROM passages p LEFT JOIN turns t ON t.id = p.turn_id LEFT JOIN memories m ON m.id = p.memory_id
LEFT JOIN chunks h ON h.id = p.chunk_id LEFT JOIN documents d ON d.id = h.document_id
WHERE p.id = ANY($1) AND NOT (p.kind = 'chunk' AND p.hidden)

-- name: context_references
INSERT INTO context_references (turn_id, owner, passage_id, position, snippet, score, cosine, lexical, verdict)
SELECT t.id, t.owner, $2, $3, $4, $5, $6, $7, $8 FROM turns t WHERE t.id = $1 AND t.xmin = pg_current_xact_id()::xid

-- name: preference
-- $7: put it in the place of another one.
INSERT INTO preferences (owner, key, category, value, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (owner, key) DO UPDATE
    SET category = excluded.category, value = excluded.value, updated_at = excluded.updated_at
    WHERE $7 AND (preferences.category, preferences.value) IS DISTINCT FROM (excluded.category, excluded.value)
RETURNING owner, key

-- name: feedback
INSERT INTO feedback (turn_id, owner, rating, comment, correction, corrected_by, source, created_at, updated_at)
SELECT t.id, $2, $3, $4, $5, (SELECT id FROM turns WHERE id = $6), $7, $8, $9 FROM turns t WHERE t.id = $1
ON CONFLICT (turn_id, owner) DO NOTHING
RETURNING owner

-- name: training_examples
INSERT INTO training_examples (turn_id, owner, format, exported_at)
SELECT t.id, $2, $3, $4 FROM turns t WHERE t.id = $1
ON CONFLICT DO NOTHING

-- name: dropped_secrets
-- Once each, however often the archive is read; but one text may have held two of a kind.
INSERT INTO dropped_secrets (owner, kind, source, turn_id, created_at)
SELECT $1::text, $2, $3, $4, $5
WHERE CASE WHEN $4::uuid IS NOT NULL
    THEN EXISTS (SELECT FROM turns WHERE id = $4 AND xmin = pg_current_xact_id()::xid)
    ELSE NOT EXISTS (
        SELECT FROM dropped_secrets d
        WHERE d.owner = $1 AND d.kind = $2 AND d.source = $3 AND d.turn_id IS NULL AND d.created_at = $5
            AND d.xmin <> pg_current_xact_id()::xid)
    END

-- name: sample_memories
-- The longest that are new and can be searched for, $1 to $2 characters; $3 how many.
SELECT owner, content AS text, language FROM memories
WHERE xmin = pg_current_xact_id()::xid AND status = 'accepted' AND place IS NULL AND length(content) BETWEEN $1 AND $2
ORDER BY length(content) DESC, id LIMIT $3

-- name: sample_turns
SELECT t.owner, t.text, t.language
FROM turns t JOIN conversations c ON c.id = t.conversation_id AND c.owner = t.owner
WHERE t.xmin = pg_current_xact_id()::xid AND c.deleted_at IS NULL AND length(t.text) BETWEEN $1 AND $2
ORDER BY length(t.text) DESC, t.id LIMIT $3

-- name: end
UPDATE collections SET version = nextval('knowledge_version')
WHERE id IN (SELECT collection_id FROM passages WHERE xmin = pg_current_xact_id()::xid)
