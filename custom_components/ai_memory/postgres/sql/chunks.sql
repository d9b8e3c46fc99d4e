-- name: of_document
SELECT c.id, c.position, c.page, c.hash FROM chunks c WHERE c.document_id = $1 AND c.owner = $2 ORDER BY c.position

-- name: insert
-- $1 document, $2 owner, $3 collection, $4 text-search configuration; positions, pages, headings, hashes, texts and words
-- of the chunks ($5 to $10), one each.
WITH given AS MATERIALIZED (
    SELECT * FROM unnest($5::integer[], $6::integer[], $7::text[], $8::bytea[], $9::text[], $10::text[])
        AS given (position, page, heading, hash, text, words)
), added AS (
    INSERT INTO chunks (document_id, owner, position, page, heading, hash)
    SELECT $1, $2, position, page, heading, hash FROM given
    RETURNING id, position
), passages AS (
    INSERT INTO passages (owner, collection_id, kind, chunk_id, text, created_at)
    SELECT $2, $3, 'chunk', added.id, given.text, now() FROM added JOIN given USING (position)
    RETURNING id, chunk_id
)
INSERT INTO passage_lexemes (passage_id, owner, lexemes)
SELECT passages.id, $2, strip(to_tsvector($4::text::regconfig, given.words))
FROM passages JOIN added ON added.id = passages.chunk_id JOIN given USING (position)

-- name: place
-- Chunks ($3) of a document ($1) of an owner ($2) at positions ($4) on pages ($5), one each.
UPDATE chunks c SET position = placed.position, page = placed.page
FROM unnest($3::bigint[], $4::integer[], $5::integer[]) AS placed (id, position, page)
WHERE c.id = placed.id AND c.document_id = $1 AND c.owner = $2
    AND (c.position, c.page) IS DISTINCT FROM (placed.position, placed.page)

-- name: renew
-- An answer may name the page on which something stood.
UPDATE collections SET version = nextval('knowledge_version') WHERE id = $1 AND owner = $2

-- name: passages_of_chunks
SELECT id FROM passages WHERE chunk_id = ANY($1) AND owner = $2

-- name: passages_of_documents
SELECT p.id FROM chunks c JOIN passages p ON p.chunk_id = c.id AND p.owner = c.owner
WHERE c.document_id = ANY($1) AND c.owner = $2

-- name: texts
SELECT p.id, c.heading, p.text FROM passages p JOIN chunks c ON c.id = p.chunk_id AND c.owner = p.owner
WHERE p.id = ANY($1) AND p.owner = $2

-- name: delete_passages
-- By themselves: through their chunks the triggers would run for each.
DELETE FROM passages WHERE id = ANY($1) AND owner = $2

-- name: delete
DELETE FROM chunks WHERE id = ANY($1) AND document_id = $2 AND owner = $3

-- name: set_hidden
UPDATE passages SET hidden = $3 WHERE id = ANY($1) AND owner = $2

-- name: delete_lexemes
DELETE FROM passage_lexemes WHERE passage_id = ANY($1) AND owner = $2

-- name: delete_vectors
DELETE FROM embeddings WHERE passage_id = ANY($1) AND owner = $2

-- name: insert_lexemes
INSERT INTO passage_lexemes (passage_id, owner, lexemes)
SELECT passage_id, $2, strip(to_tsvector($3::text::regconfig, words))
FROM unnest($1::bigint[], $4::text[]) AS given (passage_id, words)
ON CONFLICT (passage_id) DO NOTHING
