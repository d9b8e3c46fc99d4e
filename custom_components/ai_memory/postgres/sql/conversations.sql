-- name: columns
c.id, c.session_id, c.owner, c.title, c.language, c.started_at, c.updated_at, c.deleted_at,
    ARRAY(SELECT tag FROM tags g WHERE g.conversation_id = c.id AND g.owner = c.owner ORDER BY tag) AS tags,
    (SELECT count(*) FROM turns t WHERE t.conversation_id = c.id AND t.owner = c.owner) AS turns

-- name: turn_columns
t.id, t.conversation_id, c.session_id, t.owner, t.text, t.reply, t.started_at, t.language, t.agent_id, t.answered_by,
    t.intent, t.device_id, t.satellite_id, t.cache, t.error,
    (SELECT p.id FROM passages p WHERE p.turn_id = t.id AND p.owner = t.owner) AS passage_id,
    ARRAY(SELECT name FROM tool_executions e WHERE e.turn_id = t.id AND e.owner = t.owner ORDER BY position) AS tools,
    ARRAY(SELECT status = 'ok' FROM tool_executions e WHERE e.turn_id = t.id AND e.owner = t.owner ORDER BY position)
        AS succeeded

-- name: get
SELECT {columns} FROM conversations c WHERE c.id = $1 AND c.owner = ANY($2)

-- name: list
-- $1 owners, $2 whether those in the bin, $3 the last id of the page before, $4 tag, $5 since, $6 until, $7 how many
SELECT {columns} FROM conversations c
WHERE c.owner = ANY($1) AND (c.deleted_at IS NOT NULL) = $2
    AND ($3::bigint IS NULL OR c.id < $3)
    AND ($4::text IS NULL OR EXISTS (
        SELECT FROM tags g WHERE g.conversation_id = c.id AND g.owner = c.owner AND g.tag = $4))
    AND ($5::timestamptz IS NULL OR c.updated_at >= $5) AND ($6::timestamptz IS NULL OR c.started_at < $6)
ORDER BY c.id DESC
LIMIT $7

-- name: turns
-- $1 conversation, $2 owners, $3 the turn that the page after begins with, $4 how many
SELECT {turn_columns}
FROM turns t JOIN conversations c ON c.id = t.conversation_id AND c.owner = ANY($2)
WHERE t.conversation_id = $1 AND t.owner = ANY($2)
    AND ($3::uuid IS NULL OR (t.started_at, t.id) < (
        SELECT b.started_at, b.id FROM turns b WHERE b.id = $3 AND b.owner = ANY($2)))
ORDER BY t.started_at DESC, t.id DESC
LIMIT $4

-- name: turn
SELECT {turn_columns}, t.resolved_text, t.model, t.stages
FROM turns t JOIN conversations c ON c.id = t.conversation_id AND c.owner = ANY($2)
WHERE t.id = $1 AND t.owner = ANY($2)

-- name: recalled
SELECT r.passage_id, r.snippet, r.score, r.cosine, r.lexical, r.verdict, p.kind, p.memory_id, p.turn_id,
    c.document_id
FROM context_references r JOIN passages p ON p.id = r.passage_id AND p.owner = ANY($2)
    LEFT JOIN chunks c ON c.id = p.chunk_id AND c.owner = p.owner
WHERE r.turn_id = $1 AND r.owner = ANY($2)
ORDER BY r.position

-- name: newest
-- $1 owners, $2 since, $3 until, $4 the session not to search, $5 how many
SELECT {turn_columns}, 0::real AS score
FROM turns t JOIN conversations c ON c.id = t.conversation_id AND c.owner = ANY($1)
WHERE t.owner = ANY($1) AND c.deleted_at IS NULL
    AND ($2::timestamptz IS NULL OR t.started_at >= $2) AND ($3::timestamptz IS NULL OR t.started_at < $3)
    AND ($4::text IS NULL OR c.session_id <> $4)
ORDER BY t.started_at DESC, t.id DESC
LIMIT $5

-- name: search
-- As newest; $6 text-search configuration, $7 query text. The recipe of the lexical half in passages.sql, with words
-- counted where they are searched: `lexeme_statistics` knows no commands and few questions. More than 100,000 are as many.
WITH everything AS MATERIALIZED (
    SELECT count(*) AS total FROM (SELECT FROM turns WHERE owner = ANY($1) LIMIT 100000) AS capped
), counted AS MATERIALIZED (
    SELECT lexeme, quoted::tsquery AS word, (
        SELECT count(*) FROM (
            SELECT FROM turn_lexemes l WHERE l.owner = ANY($1) AND l.lexemes @@ quoted::tsquery LIMIT 100000
        ) AS capped) AS documents
    FROM (
        SELECT lexeme, '''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''' AS quoted
        FROM unnest(to_tsvector($6::text::regconfig, $7))
    ) AS spelt
), words AS MATERIALIZED (
    SELECT word, lexeme, documents, ln(1 + (greatest(total, documents) - documents + 0.5) / (documents + 0.5))::real AS weight
    FROM counted, everything
), rarest AS MATERIALIZED (
    SELECT string_agg(word::text, ' | ')::tsquery AS query
    FROM (
        SELECT word, documents, sum(documents) OVER (ORDER BY documents, lexeme ROWS UNBOUNDED PRECEDING) AS so_far
        FROM words
    ) AS cumulated
    -- The rarest that occurs at all, however often it does.
    WHERE so_far < 1000 OR so_far = documents
), found AS MATERIALIZED (
    SELECT l.turn_id, (SELECT sum(weight) FROM words WHERE l.lexemes @@ word) AS weight
    FROM turn_lexemes l
        JOIN turns t ON t.id = l.turn_id AND t.owner = ANY($1)
        JOIN conversations c ON c.id = t.conversation_id AND c.owner = ANY($1)
    WHERE l.owner = ANY($1) AND l.lexemes @@ (SELECT query FROM rarest) AND c.deleted_at IS NULL
        AND ($2::timestamptz IS NULL OR t.started_at >= $2) AND ($3::timestamptz IS NULL OR t.started_at < $3)
        AND ($4::text IS NULL OR c.session_id <> $4)
    ORDER BY weight DESC, t.started_at DESC, t.id DESC
    LIMIT $5
)
SELECT {turn_columns}, f.weight / (SELECT sum(weight) FROM words) AS score
FROM found f JOIN turns t ON t.id = f.turn_id JOIN conversations c ON c.id = t.conversation_id
WHERE t.owner = ANY($1) AND c.owner = ANY($1)
ORDER BY f.weight DESC, t.started_at DESC, t.id DESC

-- name: latest_of_session
SELECT {turn_columns}
FROM conversations c JOIN turns t ON t.conversation_id = c.id AND t.owner = ANY($1)
WHERE c.session_id = $2 AND c.owner = ANY($1) AND c.deleted_at IS NULL AND t.answered_by <> 'memory'
    AND ($3::timestamptz IS NULL OR t.started_at >= $3)
ORDER BY t.started_at DESC, t.id DESC
LIMIT 1

-- name: latest_of_device
SELECT {turn_columns}
FROM turns t JOIN conversations c ON c.id = t.conversation_id AND c.owner = ANY($1)
WHERE (t.device_id = $2 OR t.satellite_id = $3) AND t.owner = ANY($1) AND c.deleted_at IS NULL
    AND t.answered_by <> 'memory' AND t.started_at >= $4
ORDER BY t.started_at DESC, t.id DESC
LIMIT 1

-- name: add_tags
INSERT INTO tags (conversation_id, owner, tag)
SELECT c.id, c.owner, tag FROM conversations c, unnest($3::text[]) AS tag WHERE c.id = $1 AND c.owner = ANY($2)
ON CONFLICT DO NOTHING

-- name: remove_tags
DELETE FROM tags WHERE conversation_id = $1 AND owner = ANY($2) AND tag = ANY($3)

-- name: delete
UPDATE conversations SET deleted_at = now() WHERE id = $1 AND owner = ANY($2) AND deleted_at IS NULL RETURNING owner

-- name: restore
-- Its session may have gone on as another conversation: then it becomes a session of its own.
UPDATE conversations c
SET deleted_at = NULL, session_id = CASE
    WHEN EXISTS (
        SELECT FROM conversations o WHERE o.session_id = c.session_id AND o.owner = c.owner AND o.deleted_at IS NULL)
    THEN left(c.session_id, 200) || ' (' || c.id || ')'
    ELSE c.session_id END
WHERE c.id = $1 AND c.owner = ANY($2) AND c.deleted_at IS NOT NULL
RETURNING c.owner

-- name: hide
UPDATE passages SET hidden = $3
WHERE owner = $2 AND hidden <> $3 AND turn_id IN (SELECT id FROM turns WHERE conversation_id = $1 AND owner = $2)
