-- name: set
INSERT INTO preferences (owner, key, category, value) VALUES ($1, $2, $3, $4)
ON CONFLICT (owner, key) DO UPDATE SET category = excluded.category, value = excluded.value, updated_at = now()
RETURNING owner, key, category, value, updated_at

-- name: get
-- The speaker's own comes before the household's.
SELECT owner, key, category, value, updated_at FROM preferences
WHERE key = $1 AND owner = ANY($2)
ORDER BY array_position($2, owner::text)
LIMIT 1

-- name: delete
DELETE FROM preferences WHERE key = $1 AND owner = $2 RETURNING id

-- name: all_of_category
SELECT owner, key, category, value, updated_at FROM preferences WHERE starts_with(key, $1) ORDER BY id

-- name: list
-- A page takes along the other owner's of its last key.
SELECT * FROM (
    SELECT owner, key, category, value, updated_at FROM preferences
    WHERE owner = ANY($1) AND starts_with(key, $2) AND ($3::text IS NULL OR category = $3) AND key > $4
    ORDER BY key
    FETCH FIRST (coalesce($5::bigint, 9223372036854775807)) ROWS WITH TIES
) AS page
ORDER BY key, array_position($1, owner::text)
