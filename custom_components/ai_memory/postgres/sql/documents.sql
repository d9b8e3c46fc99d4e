-- name: columns
d.id, d.owner, c.name AS collection, d.title, d.language, d.format, d.state, d.problem, d.bytes, d.pages, d.words,
    d.secrets, d.original, d.created_at, d.updated_at, d.deleted_at

-- name: get
SELECT {columns} FROM documents d JOIN collections c ON c.id = d.collection_id
WHERE d.id = ANY($1) AND d.owner = ANY($2) AND NOT d.erased

-- name: list
-- $1 owners, $2 the id of the last one before, $3 text in title or names, $4 collection, $5 state, $6 in the bin, $7 folder
SELECT {columns} FROM documents d JOIN collections c ON c.id = d.collection_id
WHERE d.owner = ANY($1) AND NOT d.erased AND (d.deleted_at IS NOT NULL) = $6
    AND ($2::uuid IS NULL OR d.id < $2) AND ($4::text IS NULL OR c.name = $4) AND ($5::text IS NULL OR d.state = $5)
    AND ($3::text IS NULL OR position(lower($3) IN lower(d.title)) > 0 OR EXISTS (
        SELECT FROM document_names n
        WHERE n.document_id = d.id AND n.owner = d.owner AND position(lower($3) IN lower(n.path)) > 0))
    AND ($7::text IS NULL OR EXISTS (
        SELECT FROM document_names n WHERE n.document_id = d.id AND n.owner = d.owner AND n.folder = $7))
ORDER BY d.id DESC
LIMIT $8

-- name: names
SELECT document_id, folder, path FROM document_names WHERE document_id = ANY($1) AND owner = ANY($2) ORDER BY id

-- name: versions
SELECT encode(sha256, 'hex') AS sha256, bytes, pages, words, read_at FROM document_versions
WHERE document_id = $1 AND owner = ANY($2)
ORDER BY read_at DESC, id DESC

-- name: lock
SELECT d.id, d.owner, d.collection_id, d.title, d.language, d.format, d.state, d.sha256, d.original, d.deleted_at,
    d.put_away
FROM documents d WHERE d.id = $1 AND d.owner = ANY($2) AND NOT d.erased
FOR UPDATE

-- name: collection
SELECT id FROM collections WHERE owner = $1 AND name = $2

-- name: same
-- What there is of a content ($3) on a shelf ($2) of an owner ($1), the one that is not in the bin first, and whether one
-- that is stays there though its file comes.
SELECT d.id, d.state, d.problem, d.deleted_at, d.erased, d.original, d.language, d.put_away OR d.erased OR EXISTS (
        SELECT FROM document_names n WHERE n.document_id = d.id AND n.owner = d.owner AND n.folder IS NOT NULL
    ) AS stays_away
FROM documents d
WHERE d.owner = $1 AND d.collection_id = $2 AND d.sha256 = $3
ORDER BY d.deleted_at DESC NULLS FIRST
FOR UPDATE

-- name: insert
INSERT INTO documents (id, owner, collection_id, title, language, format, state, problem, sha256, bytes, original)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: add_upload_name
INSERT INTO document_names (document_id, owner, path)
SELECT $1, $2::text, $3
WHERE NOT EXISTS (SELECT FROM document_names WHERE document_id = $1 AND owner = $2 AND folder IS NULL AND path = $3)

-- name: keep_original
-- Of a file in a folder that is uploaded as well; of what could not be read, and may be now.
UPDATE documents SET original = $3, state = CASE state WHEN 'failed' THEN 'waiting' ELSE state END
WHERE id = $1 AND owner = $2 AND (original IS NULL OR state = 'failed')
RETURNING id

-- name: write
UPDATE documents
SET title = $3, language = $4, state = 'ready', problem = NULL, sha256 = $5, bytes = $6, pages = $7, words = $8,
    secrets = $9, updated_at = now()
WHERE id = $1 AND owner = $2

-- name: add_version
-- The same content read again is the same version.
INSERT INTO document_versions (document_id, owner, sha256, bytes, pages, words)
SELECT $1, $2::text, $3, $4, $5, $6
WHERE $3 IS DISTINCT FROM (
    SELECT sha256 FROM document_versions WHERE document_id = $1 AND owner = $2 ORDER BY read_at DESC, id DESC LIMIT 1)

-- name: fail
-- Of what is in the bin by now the file is there as well.
UPDATE documents SET state = 'failed', problem = $3, updated_at = now() WHERE id = $1 AND owner = $2 AND deleted_at IS NULL

-- name: set_deleted
UPDATE documents d
SET deleted_at = CASE WHEN $3 THEN now() END, put_away = $3 AND EXISTS (
        SELECT FROM document_names n WHERE n.document_id = d.id AND n.owner = d.owner AND n.folder IS NOT NULL)
WHERE d.id = $1 AND d.owner = $2

-- name: take_names
-- Of a document ($1) by another one ($2) of the same owner ($3); where it was not uploaded ($4), not what it was called.
UPDATE document_names n SET document_id = $2
WHERE n.document_id = $1 AND n.owner = $3 AND (n.folder IS NOT NULL OR $4 AND NOT EXISTS (
    SELECT FROM document_names o WHERE o.document_id = $2 AND o.owner = $3 AND o.folder IS NULL AND o.path = n.path))

-- name: delete
DELETE FROM documents WHERE id = $1 AND owner = $2

-- name: delete_upload_names
DELETE FROM document_names WHERE document_id = $1 AND owner = $2 AND folder IS NULL

-- name: delete_versions
DELETE FROM document_versions WHERE document_id = $1 AND owner = $2

-- name: in_folder
SELECT EXISTS (SELECT FROM document_names WHERE document_id = $1 AND owner = $2 AND folder IS NOT NULL)

-- name: empty
-- Its file may be away already: from now on, see `forget_erased`.
UPDATE documents
SET erased = true, title = '-', language = NULL, problem = NULL, pages = NULL, words = NULL, secrets = 0, original = NULL,
    updated_at = now()
WHERE id = $1 AND owner = $2

-- name: wait_again
UPDATE documents SET state = 'waiting' WHERE id = $1 AND owner = $2

-- name: look_again
UPDATE document_names SET modified_ns = NULL WHERE document_id = $1 AND owner = $2 AND folder IS NOT NULL RETURNING folder

-- name: waiting
SELECT d.id, d.owner, d.title, d.language, d.original, coalesce((
        SELECT path FROM document_names n
        WHERE n.document_id = d.id AND n.owner = d.owner AND n.folder IS NULL ORDER BY n.id LIMIT 1
    ), d.title || '.' || d.format) AS name
FROM documents d
WHERE d.state = 'waiting' AND d.deleted_at IS NULL AND d.original IS NOT NULL AND d.id <> ALL($1)
ORDER BY d.updated_at, d.id
LIMIT 1

-- name: old
SELECT id, owner FROM documents WHERE deleted_at < $1 AND NOT erased ORDER BY deleted_at LIMIT $2

-- name: forget_erased
-- What was erased and has had no file since then is not kept from coming back any more.
DELETE FROM documents d
WHERE d.erased AND d.updated_at < $1
    AND NOT EXISTS (SELECT FROM document_names n WHERE n.document_id = d.id AND n.owner = d.owner)

-- name: note_original
INSERT INTO loose_originals (original, owner) VALUES ($1, $2)

-- name: loose_originals
-- Files that no document refers to, for so long ($1) that none is about to.
SELECT l.original FROM loose_originals l
WHERE l.since < now() - $1::interval AND NOT EXISTS (SELECT FROM documents d WHERE d.original = l.original)
ORDER BY l.since

-- name: forget_original
DELETE FROM loose_originals WHERE original = $1
