-- name: session
-- One in the bin stays there: what goes on is another one.
INSERT INTO conversations (session_id, owner, title, language, started_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (session_id, owner) WHERE deleted_at IS NULL DO UPDATE SET title = conversations.title
RETURNING id, session_id

-- name: widen_session
UPDATE conversations SET started_at = least(started_at, $3), updated_at = greatest(updated_at, $4)
WHERE id = $1 AND owner = $2

-- name: turn
-- The columns of archives. What the source tells more of by now is changed: a reply that came later, a row that was broken.
INSERT INTO turns (id, conversation_id, owner, text, resolved_text, reply, answered_by, agent_id, model, language, intent,
    device_id, satellite_id, cache, stages, error, started_at, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT (id) DO UPDATE
    SET text = excluded.text, reply = excluded.reply, language = excluded.language, intent = excluded.intent,
        model = excluded.model
    WHERE turns.owner = excluded.owner
        AND (turns.text, turns.reply, turns.language, turns.intent, turns.model)
            IS DISTINCT FROM (excluded.text, excluded.reply, excluded.language, excluded.intent, excluded.model)
        AND NOT EXISTS (
            SELECT FROM conversations c WHERE c.id = turns.conversation_id AND c.deleted_at IS NOT NULL)
RETURNING id, (xmax = 0) AS is_new

-- name: superseded
-- A row that was alone before stands in a turn with others now.
DELETE FROM turns WHERE id = ANY($1) AND owner = $2

-- name: drop_messages
DELETE FROM messages WHERE turn_id = ANY($1) AND owner = $2

-- name: drop_passages
DELETE FROM passages WHERE turn_id = ANY($1) AND owner = $2

-- name: drop_lexemes
DELETE FROM turn_lexemes WHERE turn_id = ANY($1) AND owner = $2

-- name: shelf
INSERT INTO collections (owner, name) VALUES ($1, $2) ON CONFLICT (owner, name) DO NOTHING

-- name: memory
-- The columns of archives. What is known here stays as it is but for tags and a source that it lacks.
WITH made AS (
    INSERT INTO memories (owner, collection_id, content, language, source, tags, confidence, turn_id, created_at, updated_at,
        place, status)
    SELECT c.owner, c.id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
    FROM collections c WHERE c.owner = $2 AND c.name = $3
    ON CONFLICT (owner, collection_id, md5(content), coalesce(place, '')) DO UPDATE
        SET source = coalesce(memories.source, excluded.source),
            tags = (SELECT coalesce(array_agg(DISTINCT tag), '{}') FROM unnest(memories.tags || excluded.tags) AS tag)
        WHERE NOT memories.tags @> excluded.tags OR (memories.source IS NULL AND excluded.source IS NOT NULL)
    RETURNING id, (xmax = 0) AS is_new
)
SELECT $1::bigint AS old, id, is_new FROM made
UNION ALL
SELECT $1, m.id, false
FROM memories m JOIN collections c ON c.id = m.collection_id AND c.owner = m.owner
WHERE m.owner = $2 AND c.name = $3 AND md5(m.content) = md5($4) AND coalesce(m.place, '') = coalesce($12, '')
    AND NOT EXISTS (SELECT FROM made)

-- name: stored_turns
-- The digest is that of `digest_of_turn`.
SELECT t.id, t.started_at,
    md5(concat_ws(E'\x1f', c.session_id, t.text, coalesce(t.reply, ''), (
        SELECT string_agg(m.role || E'\x1e' || coalesce(m.content, ''), E'\x1f' ORDER BY m.position)
        FROM messages m WHERE m.turn_id = t.id AND m.owner = t.owner
    ))) AS digest,
    (SELECT f.rating FROM feedback f WHERE f.turn_id = t.id AND f.owner = $1) AS rating
FROM turns t JOIN conversations c ON c.id = t.conversation_id
WHERE t.owner = $1 AND t.id = ANY($2)

-- name: stored_memories
SELECT md5(m.content) AS digest FROM memories m JOIN collections c ON c.id = m.collection_id AND c.owner = m.owner
WHERE m.owner = $1 AND c.name = $2 AND md5(m.content) = ANY($3)

-- name: stored_preferences
SELECT key, value::text AS value FROM preferences WHERE owner = $1 AND key = ANY($2)
