-- name: collection
-- A column of no key is set, so that nobody waits for who puts something on the same shelf.
INSERT INTO collections (owner, name) VALUES ($1, $2)
ON CONFLICT (owner, name) DO UPDATE SET summary = collections.summary
RETURNING id

-- name: insert
INSERT INTO memories (owner, collection_id, content, language, source, tags, confidence, turn_id, place, status)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (owner, collection_id, md5(content), coalesce(place, '')) DO UPDATE
    SET updated_at = now(), source = coalesce(excluded.source, memories.source),
        tags = (SELECT coalesce(array_agg(DISTINCT tag), '{}') FROM unnest(memories.tags || excluded.tags) AS tag),
        confidence = greatest(memories.confidence, excluded.confidence),
        -- What somebody agreed to stays so.
        status = least(memories.status, excluded.status)
RETURNING id, (xmax = 0) AS is_new

-- name: get
SELECT {columns} FROM memories m JOIN collections c ON c.id = m.collection_id
WHERE m.id = ANY($1) AND m.owner = ANY($2)
ORDER BY m.id

-- name: columns
m.id, m.owner, m.content, c.name AS collection, m.source, m.tags, m.language, m.confidence, m.turn_id,
    m.created_at, m.updated_at, m.place, m.status

-- name: list
SELECT {columns} FROM memories m JOIN collections c ON c.id = m.collection_id
WHERE m.owner = ANY($1) AND ($2::bigint IS NULL OR m.id < $2)
    AND ($3::text IS NULL OR position(lower($3) IN lower(m.content)) > 0)
    AND ($4::text IS NULL OR c.name = $4) AND ($5::text IS NULL OR m.status = $5)
ORDER BY m.id DESC
LIMIT $6

-- name: update
-- NULL leaves as it is, an empty source or place removes it.
UPDATE memories
SET content = coalesce($3, content), tags = coalesce($4, tags), source = nullif(coalesce($5, source), ''),
    place = nullif(coalesce($6, place), ''), status = coalesce($7, status), updated_at = now()
WHERE id = $1 AND owner = ANY($2)
RETURNING owner, content, language, place
