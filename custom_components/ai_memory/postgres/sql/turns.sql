-- name: upsert_conversation
INSERT INTO conversations (session_id, owner, title, language, started_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (session_id, owner) WHERE deleted_at IS NULL DO UPDATE
    SET updated_at = greatest(conversations.updated_at, excluded.updated_at)
RETURNING id

-- name: known
SELECT id FROM turns WHERE id = ANY($1)

-- name: insert_lexemes
INSERT INTO turn_lexemes (turn_id, owner, lexemes) VALUES ($1, $2, strip(to_tsvector($3::text::regconfig, $4)))

-- name: without_lexemes
-- After ($1, $2), the oldest first; they stay as they are until the transaction ends.
SELECT t.id, t.owner, t.text, t.reply, t.language, t.started_at FROM turns t
WHERE (t.started_at, t.id) > (
        coalesce($1::timestamptz, '-infinity'), coalesce($2::uuid, '00000000-0000-0000-0000-000000000000'))
    AND NOT EXISTS (SELECT FROM turn_lexemes l WHERE l.turn_id = t.id AND l.owner = t.owner)
ORDER BY t.started_at, t.id
LIMIT $3
FOR SHARE OF t

-- name: insert_turn
INSERT INTO turns (id, conversation_id, owner, text, resolved_text, reply, answered_by, agent_id, model, language, intent,
    device_id, satellite_id, cache, stages, error, started_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (id) DO NOTHING
RETURNING id

-- name: insert_message
INSERT INTO messages (conversation_id, turn_id, owner, position, role, content, thinking, tool_calls, language, intent,
    created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: insert_tool_execution
INSERT INTO tool_executions (turn_id, owner, position, name, arguments, result, status)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: insert_context_reference
-- A passage may have been forgotten since it was found.
INSERT INTO context_references (turn_id, owner, passage_id, position, snippet, score, cosine, lexical, verdict)
SELECT $1, $2, id, $4, $5, $6, $7, $8, $9 FROM passages WHERE id = $3

-- name: previous_text
SELECT text FROM turns WHERE conversation_id = $1 AND started_at < $2 AND owner = $3 ORDER BY started_at DESC LIMIT 1

-- name: recent
SELECT t.id, c.session_id AS conversation_id, t.owner, t.started_at, t.text, t.language, t.agent_id, t.answered_by, t.reply,
    t.device_id, t.satellite_id, t.intent
FROM turns t
JOIN conversations c ON c.id = t.conversation_id AND c.deleted_at IS NULL
WHERE t.started_at > $1 AND t.reply <> '' AND t.error IS NULL
    AND NOT EXISTS (SELECT FROM dropped_secrets d WHERE d.turn_id = t.id)
ORDER BY t.started_at DESC
LIMIT $2

-- name: session_cuts
SELECT owner, at FROM session_cuts

-- name: delete_session_cuts
DELETE FROM session_cuts WHERE at < $1
