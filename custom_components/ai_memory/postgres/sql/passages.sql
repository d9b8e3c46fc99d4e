-- name: insert_of_memory
INSERT INTO passages (owner, collection_id, kind, memory_id, text, created_at, place)
VALUES ($1, $2, 'memory', $3, $4, $5, $6)
RETURNING id

-- name: insert_of_turn
INSERT INTO passages (owner, collection_id, kind, turn_id, speaker, text, created_at)
VALUES ($1, $2, 'turn', $3, $4, $5, $6)
RETURNING id

-- name: update_of_memory
UPDATE passages SET text = $3, place = $4 WHERE memory_id = $1 AND owner = $2 RETURNING id

-- name: delete_vectors
WITH failures AS (DELETE FROM embedding_failures WHERE passage_id = $1)
DELETE FROM embeddings WHERE passage_id = $1

-- name: delete_lexemes
DELETE FROM passage_lexemes WHERE passage_id = $1

-- name: insert_lexemes
INSERT INTO passage_lexemes (passage_id, owner, lexemes)
VALUES ($1, $2, strip(to_tsvector($3::text::regconfig, $4)))

-- name: search
-- $1 owners, $2 text-search configuration, $3 query text, $4 how many, $5 the conversation not to search, $6 kinds
-- $7 places, $8 shelves that fit (NULL: all), $9 query vector; `search_statement` puts `fused_words` or `fused_both` in, integers into those, and `of_kinds` where
-- some kinds only are asked for.
-- Recipe: the rarest words choose the lexical candidates, all words score them; min-max of cosine and of inverse document
-- frequency are added, half and half. Measured on LoCoMo and XQuAD, see docs/architecture.md.
WITH words AS MATERIALIZED (
    SELECT quoted::tsquery AS word, documents, lexeme,
        ln(1 + (greatest(total, documents) - documents + 0.5) / (documents + 0.5))::real AS weight
    FROM (
        SELECT w.lexeme, coalesce(s.documents, 0) AS documents,
            (SELECT coalesce(max(documents), 0) FROM lexeme_statistics WHERE lexeme = '') AS total,
            '''' || replace(replace(w.lexeme, '\', '\\'), '''', '''''') || '''' AS quoted
        FROM unnest(to_tsvector($2::text::regconfig, $3)) AS w LEFT JOIN lexeme_statistics s USING (lexeme)
    ) AS counted
), total_weight AS MATERIALIZED (
    SELECT nullif(sum(weight), 0) AS total FROM words
), rarest AS MATERIALIZED (
    SELECT string_agg(word::text, ' | ')::tsquery AS query
    FROM (
        SELECT word, sum(documents) OVER (ORDER BY documents, lexeme ROWS UNBOUNDED PRECEDING) - documents AS before
        FROM words
    ) AS cumulated
    WHERE before < 1000
), lexical AS MATERIALIZED (
    SELECT l.passage_id, (SELECT sum(weight) FROM words WHERE l.lexemes @@ word) AS weight
    FROM passage_lexemes l
    WHERE l.owner = ANY($1) AND l.lexemes @@ (SELECT query FROM rarest){of_kinds}
    ORDER BY weight DESC, l.passage_id DESC
    LIMIT 100
), {fused}
SELECT best.*, c.document_id, c.heading, c.page, d.title
FROM (
    SELECT p.id, p.kind, p.owner, p.text, p.created_at, p.memory_id, p.turn_id, p.chunk_id, p.collection_id,
        f.cosine, f.lexical,
        f.score * CASE WHEN p.kind = 'chunk' AND NOT p.collection_id = ANY($8::bigint[]) THEN {elsewhere} ELSE 1 END AS score
    FROM fused f JOIN passages p ON p.id = f.passage_id
    WHERE p.owner = ANY($1) AND p.kind = ANY($6) AND NOT p.hidden AND (p.place IS NULL OR p.place = ANY($7))
        AND ($5::text IS NULL OR p.turn_id IS NULL OR NOT EXISTS (
            SELECT FROM turns t JOIN conversations s ON s.id = t.conversation_id
            WHERE t.id = p.turn_id AND s.session_id = $5))
    ORDER BY score DESC, p.id DESC
    LIMIT $4
) AS best
LEFT JOIN chunks c ON c.id = best.chunk_id AND c.owner = best.owner
LEFT JOIN documents d ON d.id = c.document_id AND d.owner = best.owner
ORDER BY best.score DESC, best.id DESC

-- name: fused_words
scored AS MATERIALIZED (
    SELECT passage_id, coalesce(weight / (SELECT total FROM total_weight), 0) AS lexical FROM lexical
), fused AS (
    SELECT passage_id, NULL::float8 AS cosine, lexical,
        coalesce(lexical / nullif(max(lexical) OVER (), 0), 0) AS score
    FROM scored
)

-- name: fused_both
-- What one half has found is looked up in the other only where that has not found it: a cosine costs as much as the rest
-- of a row.
nearest AS MATERIALIZED (
    SELECT passage_id, 1 - distance AS cosine
    FROM (
        SELECT passage_id, vector::halfvec({dimensions}) <=> $9::halfvec({dimensions}) AS distance
        FROM embeddings
        WHERE model_id = {model_id} AND owner = ANY($1){of_kinds}
        ORDER BY distance
        LIMIT 100
    ) AS ordered
), span AS MATERIALIZED (
    SELECT min(cosine) AS low, max(cosine) AS high FROM nearest
), scored AS MATERIALIZED (
    SELECT passage_id,
        coalesce(nearest.cosine, (
            SELECT 1 - (e.vector::halfvec({dimensions}) <=> $9::halfvec({dimensions}))
            FROM embeddings e
            WHERE e.passage_id = lexical.passage_id AND e.model_id = {model_id} AND e.owner = ANY($1)
        )) AS cosine,
        coalesce(coalesce(lexical.weight, (
            SELECT sum(words.weight)
            FROM passage_lexemes l JOIN words ON l.lexemes @@ word
            WHERE l.passage_id = nearest.passage_id AND l.owner = ANY($1)
        )) / (SELECT total FROM total_weight), 0) AS lexical
    FROM lexical FULL JOIN nearest USING (passage_id)
), fused AS (
    SELECT passage_id, cosine, lexical,
        0.5 * coalesce(lexical / nullif(max(lexical) OVER (), 0), 0)
        + 0.5 * greatest(0, coalesce(
            (cosine - (SELECT low FROM span)) / nullif((SELECT high - low FROM span), 0),
            -- A single vector has no span to stand in.
            CASE WHEN cosine IS NULL THEN 0 ELSE 1 END
        )) AS score
    FROM scored
)

-- name: of_kinds
AND passage_id IN (SELECT id FROM passages WHERE owner = ANY($1) AND kind = ANY($6))

-- name: best_cosine
SELECT 1 - (vector::halfvec({dimensions}) <=> $1::halfvec({dimensions}))
FROM embeddings WHERE model_id = {model_id}
ORDER BY vector::halfvec({dimensions}) <=> $1::halfvec({dimensions})
LIMIT 1

-- name: gates
SELECT question_cosine, other_cosine, question_lexical, passages FROM recall_gates WHERE embedder = $1 AND language = $2

-- name: save_gates
INSERT INTO recall_gates (embedder, language, question_cosine, other_cosine, question_lexical, passages)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (embedder, language) DO UPDATE
    SET question_cosine = excluded.question_cosine, other_cosine = excluded.other_cosine,
        question_lexical = excluded.question_lexical, passages = excluded.passages, calibrated_at = now()

-- name: count
SELECT count(*) FROM passages

-- name: count_vectors
SELECT count(*) FROM embeddings WHERE model_id = $1
