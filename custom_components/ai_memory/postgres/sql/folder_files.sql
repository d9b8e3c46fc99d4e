-- name: lock
SELECT pg_advisory_xact_lock($1)

-- name: known
-- What is known of the files of a folder ($1) of an owner ($2) behind a path ($3), at most $4.
SELECT n.path, n.bytes, n.modified_ns, d.state, d.problem, d.language, d.updated_at, d.deleted_at IS NOT NULL AS is_deleted
FROM document_names n JOIN documents d ON d.id = n.document_id AND d.owner = n.owner
WHERE n.folder = $1 AND n.owner = $2 AND n.path > $3
ORDER BY n.path
LIMIT $4

-- name: problem
SELECT problem FROM documents WHERE id = $1 AND owner = $2 AND deleted_at IS NULL

-- name: says_something
-- Whether anything is found of the file at a path ($2) of a folder ($1) of an owner ($3).
SELECT EXISTS (
    SELECT FROM document_names n JOIN documents d ON d.id = n.document_id AND d.owner = n.owner
    JOIN chunks c ON c.document_id = d.id AND c.owner = d.owner
    WHERE n.folder = $1 AND n.path = $2 AND n.owner = $3 AND d.deleted_at IS NULL)

-- name: newest
SELECT max(added_at) FROM document_names WHERE folder = $1 AND owner = $2 AND starts_with(path, $3)

-- name: name
SELECT n.id AS name_id, d.id, d.collection_id, d.language, d.state, d.problem, d.sha256, d.original, d.deleted_at, d.erased, (
        SELECT count(*) FROM document_names o WHERE o.document_id = d.id AND o.owner = d.owner
    ) AS names
FROM document_names n JOIN documents d ON d.id = n.document_id AND d.owner = n.owner
WHERE n.folder = $1 AND n.path = $2 AND n.owner = $3
FOR UPDATE OF d

-- name: set_name
INSERT INTO document_names (document_id, owner, folder, path, bytes, modified_ns)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (folder, path) WHERE folder IS NOT NULL DO UPDATE
    SET document_id = excluded.document_id, owner = excluded.owner, bytes = excluded.bytes,
        modified_ns = excluded.modified_ns
    WHERE document_names.owner = excluded.owner

-- name: ready_again
-- As before: what could not be read in between is what it was.
UPDATE documents d SET state = 'ready', problem = NULL
WHERE d.id = $1 AND d.owner = $2 AND d.state = 'failed'
    AND EXISTS (SELECT FROM chunks c WHERE c.document_id = d.id AND c.owner = d.owner)
RETURNING d.id

-- name: fail
-- $5 the content that could not be read, where none is kept of before
UPDATE documents d
SET state = 'failed', problem = $3, updated_at = now(), bytes = CASE WHEN known THEN d.bytes ELSE $4 END,
    sha256 = CASE WHEN known THEN d.sha256 ELSE $5 END, pages = CASE WHEN known THEN d.pages END,
    words = CASE WHEN known THEN d.words END, secrets = CASE WHEN known THEN d.secrets ELSE 0 END
FROM (
    SELECT EXISTS (SELECT FROM chunks c WHERE c.document_id = $1 AND c.owner = $2) AS known
) AS before
WHERE d.id = $1 AND d.owner = $2

-- name: names_of
-- Names at paths ($2) of a folder ($1) of an owner ($3), with how many their documents have.
SELECT n.id AS name_id, d.id, d.original, d.deleted_at, d.erased, (
        SELECT count(*) FROM document_names o WHERE o.document_id = d.id AND o.owner = d.owner
    ) AS names
FROM document_names n JOIN documents d ON d.id = n.document_id AND d.owner = n.owner
WHERE n.folder = $1 AND n.path = ANY($2) AND n.owner = $3
ORDER BY d.id
FOR UPDATE OF d

-- name: delete_names
DELETE FROM document_names WHERE id = ANY($1) AND owner = $2

-- name: leave_folder
-- The documents stay, without their files.
UPDATE document_names SET folder = NULL, bytes = NULL, modified_ns = NULL WHERE id = ANY($1) AND owner = $2

-- name: leave_erased
-- Since when they have no file, which they keep from coming back for a while.
UPDATE documents SET updated_at = now() WHERE id = ANY($1) AND owner = $2 AND erased

-- name: delete_never_read
DELETE FROM documents d
WHERE d.id = ANY($1) AND d.owner = $2
    AND NOT EXISTS (SELECT FROM document_versions v WHERE v.document_id = d.id AND v.owner = d.owner)
    AND NOT EXISTS (SELECT FROM chunks c WHERE c.document_id = d.id AND c.owner = d.owner)

-- name: set_deleted
UPDATE documents SET deleted_at = now() WHERE id = ANY($1) AND owner = $2

-- name: paths
SELECT owner, path FROM document_names WHERE folder = $1 ORDER BY id LIMIT $2

-- name: elsewhere
-- Documents of a folder ($1) that are not an owner's ($2) or not on a shelf ($3), and whether they are nowhere else.
SELECT d.id, d.owner, d.collection_id, array_agg(n.path) AS paths,
    d.original IS NULL AND NOT EXISTS (
        SELECT FROM document_names o WHERE o.document_id = d.id AND o.folder IS DISTINCT FROM $1
    ) AND NOT EXISTS (
        SELECT FROM documents t
        WHERE t.owner = $2 AND t.collection_id = $3 AND t.sha256 = d.sha256 AND t.deleted_at IS NULL
    ) AND d.sha256 IS NOT NULL AND row_number() OVER (PARTITION BY d.sha256 ORDER BY d.id) = 1 AS can_move
FROM document_names n JOIN documents d ON d.id = n.document_id
WHERE n.folder = $1 AND (d.owner <> $2 OR d.collection_id IS DISTINCT FROM $3)
GROUP BY d.id

-- name: move_passages
-- Documents ($1) to an owner ($2) and a shelf ($3), with all that rests on them.
UPDATE passages p SET owner = $2, collection_id = $3
FROM chunks c WHERE c.id = p.chunk_id AND c.document_id = ANY($1)
RETURNING p.id

-- name: move_lexemes
UPDATE passage_lexemes SET owner = $2 WHERE passage_id = ANY($1) AND owner <> $2

-- name: move_vectors
UPDATE embeddings SET owner = $2 WHERE passage_id = ANY($1) AND owner <> $2

-- name: move_chunks
UPDATE chunks SET owner = $2 WHERE document_id = ANY($1)

-- name: move_names
UPDATE document_names SET owner = $2 WHERE document_id = ANY($1)

-- name: move_versions
UPDATE document_versions SET owner = $2 WHERE document_id = ANY($1)

-- name: move_documents
UPDATE documents SET owner = $2, collection_id = $3 WHERE id = ANY($1)

-- name: renew
-- What moved away stands in a summary no more, and may be somebody else's now.
UPDATE collections SET version = nextval('knowledge_version'), summary = NULL WHERE id = ANY($1)
