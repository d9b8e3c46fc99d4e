-- name: rated_turn
-- Anybody may rate what they may see, and keeps one rating of it.
SELECT t.id, f.rating FROM turns t
JOIN conversations c ON c.id = t.conversation_id AND c.deleted_at IS NULL
LEFT JOIN feedback f ON f.turn_id = t.id AND f.owner = $3
WHERE t.id = $1 AND t.owner = ANY($2)

-- name: rate
-- What is not given stays as it was.
INSERT INTO feedback (turn_id, owner, rating, comment, correction, source) VALUES ($1, $2, $3, $4, $5, 'person')
ON CONFLICT (turn_id, owner) DO UPDATE
    SET rating = excluded.rating, comment = coalesce(excluded.comment, feedback.comment),
        correction = coalesce(excluded.correction, feedback.correction), source = 'person', updated_at = now()
RETURNING id, (xmax = 0) AS is_new

-- name: note_correction
-- What somebody said of a turn on purpose counts for more.
INSERT INTO feedback (turn_id, owner, rating, corrected_by, source) VALUES ($1, $2, $3, $4, 'correction')
ON CONFLICT (turn_id, owner) DO UPDATE
    SET rating = CASE feedback.source WHEN 'person' THEN feedback.rating ELSE excluded.rating END,
        corrected_by = coalesce(excluded.corrected_by, feedback.corrected_by), updated_at = now()

-- name: previous_turn
-- The last of the same session, else what was said at the same device just before. What memory itself answered is passed over.
SELECT id, text, language FROM (
    (
        SELECT 1 AS rank, t.id, t.text, t.language
        FROM conversations c JOIN turns t ON t.conversation_id = c.id AND t.owner = $1
        WHERE c.session_id = $2 AND c.owner = $1 AND c.deleted_at IS NULL AND t.started_at < $4 AND t.id <> $5
            AND t.answered_by <> 'memory'
        ORDER BY t.started_at DESC LIMIT 1
    ) UNION ALL (
        SELECT 2, t.id, t.text, t.language
        FROM turns t JOIN conversations c ON c.id = t.conversation_id AND c.deleted_at IS NULL
        WHERE t.owner = $1 AND t.device_id = $3 AND t.started_at < $4 AND t.started_at >= $4 - $6::interval
            AND t.id <> $5 AND t.answered_by <> 'memory'
        ORDER BY t.started_at DESC LIMIT 1
    )
) AS found
ORDER BY rank LIMIT 1

-- name: columns
f.id, f.turn_id, f.owner, f.rating, f.comment, f.correction, f.corrected_by, f.source, f.created_at, f.updated_at, t.text,
    t.reply

-- name: get
SELECT {columns} FROM feedback f JOIN turns t ON t.id = f.turn_id
WHERE f.id = $1 AND f.owner = $2

-- name: list
SELECT {columns} FROM feedback f JOIN turns t ON t.id = f.turn_id AND t.owner = ANY($1)
JOIN conversations c ON c.id = t.conversation_id AND c.deleted_at IS NULL
WHERE f.owner = ANY($1) AND ($2::bigint IS NULL OR f.id < $2) AND f.rating BETWEEN $3 AND $4
ORDER BY f.id DESC
LIMIT $5
