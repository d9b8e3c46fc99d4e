-- Owners are NULL where everybody's are meant, in the scope of maintenance only.

-- name: find
-- Memories ($1) and turns ($2) of owners ($3), with what a search returns of them.
SELECT m.owner, m.id AS memory_id, m.turn_id, p.id AS passage_id, m.content AS text, '{}'::text[] AS said
FROM memories m LEFT JOIN passages p ON p.memory_id = m.id AND p.owner = m.owner
WHERE m.id = ANY($1) AND m.owner = ANY($3)
UNION ALL
SELECT t.owner, NULL, t.id, p.id, p.text, array_remove(ARRAY[t.text, t.reply], NULL)
FROM turns t LEFT JOIN passages p ON p.turn_id = t.id AND p.owner = t.owner
WHERE t.id = ANY($2) AND t.owner = ANY($3)

-- name: holding
(SELECT bool_or(position(handle IN lower({text} COLLATE "C")) > 0) FROM unnest($2::text[]) AS handle)

-- name: memories_with
SELECT id, content, source, tags FROM memories
WHERE owner = $1 AND {holding:concat_ws(' ', content, source, array_to_string(tags, ' '))}

-- name: preferences_with
SELECT key, value FROM preferences WHERE owner = $1 AND {holding:concat_ws(' ', key, value)}

-- name: said_with
-- Everything that is kept of turns, with the owner in each part.
SELECT id AS turn_id, said, false AS is_json FROM turns, LATERAL (VALUES (text), (resolved_text), (reply)) AS texts (said)
WHERE ($1::text[] IS NULL OR owner = ANY($1)) AND {holding:said}
UNION ALL
SELECT turn_id, said, false FROM messages, LATERAL (VALUES (content), (thinking)) AS texts (said)
WHERE ($1::text[] IS NULL OR owner = ANY($1)) AND {holding:said}
UNION ALL
SELECT turn_id, tool_calls::text, true FROM messages
WHERE ($1::text[] IS NULL OR owner = ANY($1)) AND {holding:tool_calls::text}
UNION ALL
SELECT turn_id, said, true FROM tool_executions, LATERAL (VALUES (arguments::text), (result::text)) AS texts (said)
WHERE ($1::text[] IS NULL OR owner = ANY($1)) AND {holding:said}
UNION ALL
SELECT turn_id, snippet, false FROM context_references
WHERE ($1::text[] IS NULL OR owner = ANY($1)) AND {holding:snippet}

-- name: answers_with
SELECT id, question, answer FROM response_cache
WHERE ($1::text[] IS NULL OR owner = ANY($1)) AND {holding:concat_ws(' ', question, answer)}

-- name: delete_answers
DELETE FROM response_cache WHERE id = ANY($2) AND ($1::text[] IS NULL OR owner = ANY($1))

-- name: feedback_with
SELECT id, comment, correction FROM feedback
WHERE ($1::text[] IS NULL OR owner = ANY($1)) AND {holding:concat_ws(' ', comment, correction)}

-- name: delete_feedback
DELETE FROM feedback WHERE id = ANY($2) AND ($1::text[] IS NULL OR owner = ANY($1))

-- name: tags_with
SELECT conversation_id, tag FROM tags WHERE ($1::text[] IS NULL OR owner = ANY($1)) AND {holding:tag}

-- name: delete_tags
DELETE FROM tags
WHERE conversation_id = ANY($2) AND tag = ANY($3) AND ($1::text[] IS NULL OR owner = ANY($1))

-- name: titles_with
SELECT id, title, summary FROM conversations
WHERE ($1::text[] IS NULL OR owner = ANY($1)) AND {holding:concat_ws(' ', title, summary)}

-- name: passages_of
SELECT id, memory_id, text FROM passages
WHERE (memory_id = ANY($2) OR turn_id = ANY($3)) AND ($1::text[] IS NULL OR owner = ANY($1))

-- name: turns_that_used
-- Also those that were answered with the kept answer of such a turn.
WITH used AS MATERIALIZED (
    SELECT DISTINCT turn_id, owner FROM context_references
    WHERE passage_id = ANY($2) AND verdict = 'used' AND ($1::text[] IS NULL OR owner = ANY($1))
)
SELECT turn_id FROM used
UNION SELECT again.id
FROM used
    JOIN turns t ON t.id = used.turn_id AND t.owner = used.owner AND t.cache = 'stored'
    JOIN turns again ON again.owner = t.owner AND again.cache = 'hit' AND again.reply = t.reply
        AND again.started_at > t.started_at

-- name: lock_statistics
-- Not while they are counted anew.
LOCK TABLE lexeme_statistics IN SHARE ROW EXCLUSIVE MODE

-- name: uncount
WITH gone AS (
    SELECT lexemes FROM passage_lexemes
    WHERE passage_id = ANY($2) AND ($1::text[] IS NULL OR owner = ANY($1))
), words AS (
    SELECT lexeme, count(*) AS number FROM gone, unnest(tsvector_to_array(lexemes)) AS lexeme GROUP BY lexeme
    UNION ALL SELECT '', count(*) FROM gone
)
UPDATE lexeme_statistics s SET documents = documents - number FROM words WHERE words.lexeme = s.lexeme
RETURNING s.lexeme, s.documents

-- name: delete_statistics
DELETE FROM lexeme_statistics WHERE lexeme = ANY($1)

-- name: delete_memories
DELETE FROM memories WHERE id = ANY($2) AND ($1::text[] IS NULL OR owner = ANY($1)) RETURNING id, owner

-- name: delete_preferences
DELETE FROM preferences WHERE key = ANY($2) AND owner = $1 RETURNING key

-- name: delete_turns
DELETE FROM turns WHERE id = ANY($2) AND ($1::text[] IS NULL OR owner = ANY($1))
RETURNING owner, conversation_id, left(text, 80) AS head

-- name: statements_after
-- Those whose lexemes hold the words of turns ($2) that go: said right behind one of these.
SELECT DISTINCT t.id
FROM turns gone
    JOIN turns t ON t.conversation_id = gone.conversation_id AND t.owner = gone.owner AND t.started_at > gone.started_at
    JOIN passages p ON p.turn_id = t.id AND p.owner = t.owner
WHERE gone.id = ANY($2) AND t.id <> ALL($2) AND ($1::text[] IS NULL OR gone.owner = ANY($1))
    AND NOT EXISTS (
        SELECT FROM turns b
        WHERE b.conversation_id = gone.conversation_id AND b.owner = gone.owner
            AND b.started_at > gone.started_at AND b.started_at < t.started_at)

-- name: statements
-- As they are to be indexed: with what was said before.
SELECT p.id, p.owner, p.text, t.language, (
        SELECT b.text FROM turns b
        WHERE b.conversation_id = t.conversation_id AND b.owner = t.owner AND b.started_at < t.started_at
        ORDER BY b.started_at DESC LIMIT 1) AS before
FROM turns t JOIN passages p ON p.turn_id = t.id AND p.owner = t.owner
WHERE t.id = ANY($2) AND ($1::text[] IS NULL OR t.owner = ANY($1))

-- name: index_anew
-- Passages ($1) of owners ($2) in configurations ($3) by words ($4), one each; what they lose is counted down.
WITH anew AS MATERIALIZED (
    SELECT passage_id, owner, strip(to_tsvector(configuration::regconfig, words)) AS lexemes
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS given (passage_id, owner, configuration, words)
), changed AS (
    UPDATE passage_lexemes l SET lexemes = anew.lexemes
    FROM anew WHERE l.passage_id = anew.passage_id AND l.owner = anew.owner
), lost AS (
    SELECT lexeme, count(*) AS number
    FROM anew JOIN passage_lexemes l ON l.passage_id = anew.passage_id AND l.owner = anew.owner,
        unnest(tsvector_to_array(l.lexemes)) AS lexeme
    WHERE lexeme <> ALL(tsvector_to_array(anew.lexemes))
    GROUP BY lexeme
)
UPDATE lexeme_statistics s SET documents = documents - number FROM lost WHERE lost.lexeme = s.lexeme
RETURNING s.lexeme, s.documents

-- name: delete_empty_conversations
DELETE FROM conversations c
WHERE c.id = ANY($2) AND ($1::text[] IS NULL OR c.owner = ANY($1))
    AND NOT EXISTS (SELECT FROM turns t WHERE t.conversation_id = c.id)
RETURNING id, owner

-- name: retitle
-- A summary may repeat anything; a title is the beginning of the first turn.
UPDATE conversations c
SET summary = NULL, title = CASE
    WHEN c.title = ANY($3) THEN (
        SELECT left(t.text, 80) FROM turns t WHERE t.conversation_id = c.id AND t.owner = c.owner
        ORDER BY t.started_at, t.id LIMIT 1)
    ELSE c.title END
WHERE c.id = ANY($2) AND ($1::text[] IS NULL OR c.owner = ANY($1))
RETURNING id, owner

-- name: renew
-- So that no answer is kept that was looked up before; where nothing is known there is no version to change yet.
INSERT INTO collections (owner, name) SELECT owner, $2 FROM unnest($1::text[]) AS owner
ON CONFLICT (owner, name) DO UPDATE SET version = nextval('ai_memory.knowledge_version')

-- name: old_turns
SELECT id FROM turns WHERE ($1::text[] IS NULL OR owner = ANY($1)) AND started_at < $2 ORDER BY started_at LIMIT $3

-- name: old_memories
-- Said again is not old.
SELECT id FROM memories WHERE ($1::text[] IS NULL OR owner = ANY($1)) AND updated_at < $2 ORDER BY id LIMIT $3

-- name: conversation
SELECT id, owner, session_id FROM conversations WHERE id = $1 AND owner = ANY($2)

-- name: turns_of_conversation
SELECT id FROM turns WHERE conversation_id = $1 AND owner = $2

-- name: old_conversations
SELECT id, owner FROM conversations WHERE deleted_at < $1 ORDER BY deleted_at LIMIT $2

-- name: count
-- $1 owner, $2 NULL or what is older
SELECT (SELECT count(*) FROM memories WHERE owner = $1 AND ($2::timestamptz IS NULL OR updated_at < $2)) AS memories,
    (SELECT count(*) FROM turns WHERE owner = $1 AND ($2::timestamptz IS NULL OR started_at < $2)) AS turns,
    (SELECT count(*) FROM preferences WHERE owner = $1 AND $2::timestamptz IS NULL) AS preferences

-- name: places
SELECT DISTINCT place FROM memories WHERE owner = ANY($1) AND place IS NOT NULL
