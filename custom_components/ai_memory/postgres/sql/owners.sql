-- name: owners
SELECT owner, sum(number)::bigint AS number
FROM (
    SELECT owner::text, count(*) AS number FROM memories GROUP BY owner
    UNION ALL SELECT owner::text, count(*) FROM turns GROUP BY owner
    UNION ALL SELECT owner::text, count(*) FROM preferences GROUP BY owner
    UNION ALL SELECT owner::text, count(*) FROM documents WHERE NOT erased GROUP BY owner
) AS counted
GROUP BY owner ORDER BY owner

-- name: summary
SELECT (SELECT count(*) FROM memories WHERE owner = $1) AS memories,
    (SELECT count(*) FROM turns WHERE owner = $1) AS turns,
    (SELECT count(*) FROM preferences WHERE owner = $1) AS preferences,
    (SELECT count(*) FROM documents WHERE owner = $1 AND NOT erased) AS documents,
    (SELECT speaker FROM passages WHERE owner = $1 AND speaker IS NOT NULL ORDER BY created_at DESC LIMIT 1) AS name,
    least((SELECT min(created_at) FROM memories WHERE owner = $1), (SELECT min(started_at) FROM turns WHERE owner = $1),
        (SELECT min(created_at) FROM preferences WHERE owner = $1),
        (SELECT min(created_at) FROM documents WHERE owner = $1 AND NOT erased)) AS since

-- name: passages
SELECT id FROM passages WHERE owner = $1

-- name: erase_passages
-- By themselves: through what they are of, the triggers would run for each.
DELETE FROM passages WHERE owner = $1

-- name: erase_memories
DELETE FROM memories WHERE owner = $1

-- name: originals
SELECT original FROM documents WHERE owner = $1 AND original IS NOT NULL
UNION SELECT original FROM loose_originals WHERE owner = $1

-- name: erase_documents
DELETE FROM documents WHERE owner = $1

-- name: erase_preferences
DELETE FROM preferences WHERE owner = $1

-- name: erase_turns
DELETE FROM turns WHERE owner = $1

-- name: erase_rest
-- Also what somebody noted of a turn or conversation that is not theirs.
WITH feedback AS (DELETE FROM feedback WHERE owner = $1),
    training AS (DELETE FROM training_examples WHERE owner = $1),
    tags AS (DELETE FROM tags WHERE owner = $1),
    secrets AS (DELETE FROM dropped_secrets WHERE owner = $1)
DELETE FROM conversations WHERE owner = $1

-- name: erase_collections
DELETE FROM collections WHERE owner = $1

-- name: delete_session_cut
-- Of somebody who has no turns any more. Who was told what the household knew has theirs.
DELETE FROM session_cuts WHERE owner = $1 AND owner <> 'household'

-- name: make_collections
-- Not the summary: it tells of what is on it now.
INSERT INTO collections (owner, name, description) SELECT $2, name, description FROM collections WHERE owner = $1
ON CONFLICT (owner, name) DO NOTHING

-- name: same_memories
-- What source ($1) and target ($2) both know.
SELECT mine.id AS mine, mp.id AS my_passage, theirs.id AS theirs, tp.id AS their_passage
FROM memories mine
    JOIN collections mc ON mc.id = mine.collection_id
    JOIN collections tc ON tc.owner = $2 AND tc.name = mc.name
    JOIN memories theirs ON theirs.owner = $2 AND theirs.collection_id = tc.id
        AND md5(theirs.content) = md5(mine.content) AND coalesce(theirs.place, '') = coalesce(mine.place, '')
    LEFT JOIN passages mp ON mp.memory_id = mine.id AND mp.owner = $1
    LEFT JOIN passages tp ON tp.memory_id = theirs.id AND tp.owner = $2
WHERE mine.owner = $1

-- name: merge_memory
-- As saying it twice does.
UPDATE memories theirs
SET tags = (SELECT coalesce(array_agg(DISTINCT tag), '{}') FROM unnest(theirs.tags || mine.tags) AS tag),
    source = coalesce(theirs.source, mine.source), turn_id = coalesce(theirs.turn_id, mine.turn_id),
    confidence = greatest(theirs.confidence, mine.confidence), status = least(theirs.status, mine.status),
    created_at = least(theirs.created_at, mine.created_at), updated_at = greatest(theirs.updated_at, mine.updated_at)
FROM memories mine
WHERE mine.id = $1 AND mine.owner = $2 AND theirs.id = $3 AND theirs.owner = $4

-- name: move_references
UPDATE context_references SET passage_id = $2 WHERE passage_id = $1 AND owner = ANY($3)

-- name: delete_memories
DELETE FROM memories WHERE id = ANY($1) AND owner = $2

-- name: move_memories
UPDATE memories m SET owner = $2, collection_id = tc.id
FROM collections mc, collections tc
WHERE m.owner = $1 AND mc.id = m.collection_id AND tc.owner = $2 AND tc.name = mc.name

-- name: move_passages
UPDATE passages p SET owner = $2, collection_id = tc.id
FROM collections mc, collections tc
WHERE p.owner = $1 AND mc.id = p.collection_id AND tc.owner = $2 AND tc.name = mc.name

-- name: same_documents
-- The same content on the same shelf of source ($1) and target ($2): the one that was read stays, with one file that was
-- uploaded. What is in the bin stays apart.
SELECT kept.id AS kept, kept.owner AS kept_owner, dropped.id AS dropped, dropped.owner AS dropped_owner,
    coalesce(kept.original, dropped.original) AS original,
    CASE WHEN kept.original IS NOT NULL THEN dropped.original END AS unneeded
FROM documents mine
    JOIN collections mc ON mc.id = mine.collection_id
    JOIN collections tc ON tc.owner = $2 AND tc.name = mc.name
    JOIN documents theirs ON theirs.owner = $2 AND theirs.collection_id = tc.id AND theirs.sha256 = mine.sha256
        AND theirs.deleted_at IS NULL
    JOIN documents kept
        ON kept.id = CASE WHEN mine.state = 'ready' AND theirs.state <> 'ready' THEN mine.id ELSE theirs.id END
    JOIN documents dropped ON dropped.id = CASE WHEN kept.id = mine.id THEN theirs.id ELSE mine.id END
WHERE mine.owner = $1 AND mine.deleted_at IS NULL

-- name: move_names
-- Of a document ($1) of an owner ($2) to another one ($3) of an owner ($4), each once.
UPDATE document_names n SET document_id = $3, owner = $4
WHERE n.document_id = $1 AND n.owner = $2 AND NOT EXISTS (
    SELECT FROM document_names o
    WHERE o.document_id = $3 AND o.owner = $4 AND o.folder IS NULL AND n.folder IS NULL AND o.path = n.path)

-- name: set_original
UPDATE documents SET original = $3 WHERE id = $1 AND owner = $2 AND original IS DISTINCT FROM $3

-- name: move_chunk_references
-- To the passages that say the same of a document ($3), from those of another one ($1).
UPDATE context_references r SET passage_id = theirs.id
FROM chunks mine JOIN passages p ON p.chunk_id = mine.id AND p.owner = $2
    JOIN chunks same ON same.document_id = $3 AND same.owner = $4 AND same.hash = mine.hash
    JOIN passages theirs ON theirs.chunk_id = same.id AND theirs.owner = $4
WHERE mine.document_id = $1 AND mine.owner = $2 AND r.passage_id = p.id AND r.owner = ANY($5)

-- name: move_documents
UPDATE documents d SET owner = $2, collection_id = tc.id
FROM collections mc, collections tc
WHERE d.owner = $1 AND mc.id = d.collection_id AND tc.owner = $2 AND tc.name = mc.name

-- name: move_document_names
UPDATE document_names SET owner = $2 WHERE owner = $1

-- name: move_loose_originals
UPDATE loose_originals SET owner = $2 WHERE owner = $1

-- name: move_document_versions
UPDATE document_versions SET owner = $2 WHERE owner = $1

-- name: move_chunks
UPDATE chunks SET owner = $2 WHERE owner = $1

-- name: same_sessions
SELECT mine.id AS mine, theirs.id AS theirs
FROM conversations mine JOIN conversations theirs
    ON theirs.session_id = mine.session_id AND theirs.owner = $2 AND theirs.deleted_at IS NULL
WHERE mine.owner = $1 AND mine.deleted_at IS NULL

-- name: move_session
WITH turns AS (
    UPDATE turns SET conversation_id = $3 WHERE conversation_id = $1 AND owner = $2
), messages AS (
    UPDATE messages SET conversation_id = $3 WHERE conversation_id = $1 AND owner = $2
), tags AS (
    INSERT INTO tags (conversation_id, owner, tag)
    SELECT $3, $4, tag FROM tags WHERE conversation_id = $1 AND owner = $2
    ON CONFLICT DO NOTHING
)
UPDATE conversations theirs
SET started_at = least(theirs.started_at, mine.started_at), updated_at = greatest(theirs.updated_at, mine.updated_at),
    summary = NULL
FROM conversations mine
WHERE mine.id = $1 AND mine.owner = $2 AND theirs.id = $3 AND theirs.owner = $4

-- name: delete_conversations
DELETE FROM conversations WHERE id = ANY($1) AND owner = $2

-- name: move_conversations
UPDATE conversations SET owner = $2 WHERE owner = $1

-- name: move_tags
UPDATE tags SET owner = $2 WHERE owner = $1

-- name: move_turns
UPDATE turns SET owner = $2 WHERE owner = $1

-- name: move_messages
UPDATE messages SET owner = $2 WHERE owner = $1

-- name: move_tool_executions
UPDATE tool_executions SET owner = $2 WHERE owner = $1

-- name: move_all_references
UPDATE context_references SET owner = $2 WHERE owner = $1

-- name: move_passage_lexemes
UPDATE passage_lexemes SET owner = $2 WHERE owner = $1

-- name: move_turn_lexemes
UPDATE turn_lexemes SET owner = $2 WHERE owner = $1

-- name: move_embeddings
UPDATE embeddings SET owner = $2 WHERE owner = $1

-- name: move_secrets
UPDATE dropped_secrets SET owner = $2 WHERE owner = $1

-- name: drop_same_feedback
DELETE FROM feedback mine
WHERE mine.owner = $1 AND EXISTS (SELECT FROM feedback theirs WHERE theirs.owner = $2 AND theirs.turn_id = mine.turn_id)

-- name: move_feedback
UPDATE feedback SET owner = $2 WHERE owner = $1

-- name: drop_same_examples
DELETE FROM training_examples mine
WHERE mine.owner = $1 AND EXISTS (
    SELECT FROM training_examples theirs
    WHERE theirs.owner = $2 AND theirs.turn_id = mine.turn_id AND theirs.format = mine.format)

-- name: move_examples
UPDATE training_examples SET owner = $2 WHERE owner = $1

-- name: drop_same_preferences
DELETE FROM preferences mine
WHERE mine.owner = $1 AND EXISTS (SELECT FROM preferences theirs WHERE theirs.owner = $2 AND theirs.key = mine.key)

-- name: move_preferences
UPDATE preferences SET owner = $2 WHERE owner = $1
