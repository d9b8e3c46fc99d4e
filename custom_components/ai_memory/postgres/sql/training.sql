-- name: page
-- A person's own feedback comes before the household's. An example is new again when somebody has judged it since.
SELECT t.id, f.rating, f.correction, f.corrected_by
FROM turns t
JOIN conversations c ON c.id = t.conversation_id AND c.deleted_at IS NULL
CROSS JOIN LATERAL (
    SELECT (array_agg(rating ORDER BY rank))[1] AS rating,
        (array_agg(correction ORDER BY rank) FILTER (WHERE correction IS NOT NULL))[1] AS correction,
        (array_agg(corrected_by ORDER BY rank) FILTER (WHERE corrected_by IS NOT NULL))[1] AS corrected_by,
        max(updated_at) AS updated_at
    FROM (
        SELECT *, array_position($1, owner::text) AS rank FROM feedback WHERE turn_id = t.id AND owner = ANY($1)
    ) AS seen
) AS f
WHERE t.owner = ANY($1) AND ($2::uuid IS NULL OR t.id > $2) AND t.reply <> '' AND t.text <> ''
    AND CASE WHEN $4 = 'preference' THEN num_nonnulls(f.correction, f.corrected_by) > 0 ELSE t.error IS NULL END
    AND CASE WHEN num_nonnulls($5::integer, $6::integer) > 0 THEN f.rating BETWEEN coalesce($5, 1) AND coalesce($6, 5)
        ELSE $4 = 'preference' OR coalesce(f.rating, 5) > 2 END
    AND ($7::text IS NULL OR lower(t.language) = $7 OR starts_with(lower(t.language), $7 || '-'))
    AND ($8::timestamptz IS NULL OR t.started_at >= $8) AND ($9::timestamptz IS NULL OR t.started_at < $9)
    AND ($10::text[] IS NULL OR t.answered_by = ANY($10)) AND ($11::text IS NULL OR t.intent = $11)
    AND NOT ($12 AND EXISTS (
        SELECT FROM training_examples e
        WHERE e.turn_id = t.id AND e.owner = $3 AND e.format = $4
            AND e.exported_at >= coalesce(f.updated_at, e.exported_at)
    ))
ORDER BY t.id
LIMIT $13

-- name: right_turns
-- Those that put others right, unless they were wrong themselves.
SELECT t.id FROM turns t
JOIN conversations c ON c.id = t.conversation_id AND c.deleted_at IS NULL
WHERE t.id = ANY($1) AND t.owner = ANY($2) AND t.reply <> '' AND t.error IS NULL
    AND coalesce((
        SELECT f.rating FROM feedback f WHERE f.turn_id = t.id AND f.owner = ANY($2)
        ORDER BY array_position($2, f.owner::text) LIMIT 1
    ), 5) > 2

-- name: earlier
-- What was said before in the same conversation, the oldest first.
SELECT t.id, array_agg(p.id ORDER BY p.started_at, p.id) AS earlier
FROM turns t
CROSS JOIN LATERAL (
    SELECT id, started_at FROM turns
    WHERE conversation_id = t.conversation_id AND owner = t.owner AND (started_at, id) < (t.started_at, t.id)
        AND reply <> '' AND text <> '' AND error IS NULL
    ORDER BY started_at DESC, id DESC LIMIT $3
) AS p
WHERE t.id = ANY($1) AND t.owner = ANY($2)
GROUP BY t.id

-- name: contents
SELECT t.id, t.text, t.reply, t.language, t.started_at, t.answered_by, t.intent, t.model,
    coalesce((
        SELECT jsonb_agg(jsonb_build_array(m.role, m.content, m.tool_calls) ORDER BY m.position) FROM messages m
        WHERE m.turn_id = t.id AND m.owner = t.owner AND m.role <> 'user'
    ), '[]') AS messages
FROM turns t
WHERE t.id = ANY($1) AND t.owner = ANY($2)

-- name: mark
INSERT INTO training_examples (turn_id, owner, format) SELECT id, $2, $3 FROM turns WHERE id = ANY($1) AND owner = ANY($4)
ON CONFLICT (turn_id, owner, format) DO UPDATE SET exported_at = now()
