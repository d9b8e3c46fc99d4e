-- name: look_up
-- The sum of the versions, not the highest: changes are not committed in the order in which they got their numbers.
SELECT v.version, c.id, c.answer, c.created_at
FROM (SELECT coalesce(sum(version), 0)::bigint AS version FROM collections WHERE owner = ANY($2)) AS v
LEFT JOIN response_cache c
    ON c.key = $1 AND c.owner = $3 AND c.expires_at > now() AND c.knowledge_version = v.version

-- name: hit
UPDATE response_cache SET hit_count = hit_count + 1 WHERE id = $1

-- name: store
INSERT INTO response_cache (owner, key, question, answer, language, agent_id, knowledge_version, expires_at)
SELECT $1, $2, $3, $4, $5, $6, $7, now() + $8
-- Knowledge that changed since the question was looked up may hold a better answer.
WHERE $7 = (SELECT coalesce(sum(version), 0)::bigint FROM collections WHERE owner = ANY($9))
ON CONFLICT (owner, key) DO UPDATE
    SET question = excluded.question, answer = excluded.answer, language = excluded.language,
        agent_id = excluded.agent_id, knowledge_version = excluded.knowledge_version,
        expires_at = excluded.expires_at, created_at = now(), hit_count = 0

-- name: make_room
DELETE FROM response_cache
WHERE expires_at <= now()
    OR id IN (SELECT id FROM response_cache WHERE owner = $1 ORDER BY created_at DESC, id DESC OFFSET $2)

-- name: clear
DELETE FROM response_cache WHERE owner = ANY($1)

-- name: clear_of_scope
DELETE FROM response_cache WHERE owner = ANY($1) AND (NOT $2 OR expires_at <= now()) RETURNING id

-- name: statistics
SELECT count(*) AS entries, count(*) FILTER (WHERE expires_at <= now()) AS expired,
    coalesce(sum(hit_count), 0)::bigint AS hits_of_entries, coalesce(sum(length(answer)), 0)::bigint AS characters,
    min(created_at) AS oldest,
    (SELECT count(*) FROM turns t WHERE t.owner = ANY($1) AND t.cache = 'hit'
        AND t.started_at > now() - interval '1 day') AS hits,
    (SELECT count(*) FROM turns t WHERE t.owner = ANY($1) AND t.cache IN ('miss', 'stored', 'incomplete')
        AND t.started_at > now() - interval '1 day') AS misses
FROM response_cache WHERE owner = ANY($1)

-- name: clear_all
DELETE FROM response_cache

-- name: cut_sessions
INSERT INTO session_cuts (owner, at) SELECT owner, $2 FROM unnest($1::text[]) AS owner ORDER BY owner
ON CONFLICT (owner) DO UPDATE SET at = greatest(session_cuts.at, excluded.at)
