-- Documents of the household on shelves, and a second embedding model that is built while the first one serves.

ALTER TABLE ai_memory.collections
    ADD description text CHECK (length(description) <= 2000),
    ADD summary_by text CHECK (summary_by IN ('extract', 'ai_task')),
    ADD summary_version bigint,
    ADD summary_passages integer;
COMMENT ON COLUMN ai_memory.collections.summary_version IS 'The version of the shelf that the summary tells of.';
COMMENT ON COLUMN ai_memory.collections.summary_passages IS 'How many memories and chunks it had then.';

CREATE TABLE ai_memory.documents (
    id uuid PRIMARY KEY,
    owner ai_memory.owner NOT NULL,
    collection_id bigint NOT NULL REFERENCES ai_memory.collections,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 255),
    language text CHECK (length(language) <= 35),
    format text NOT NULL CHECK (length(format) <= 20),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'ready', 'failed')),
    problem text CHECK (length(problem) <= 50),
    sha256 bytea CHECK (length(sha256) = 32),
    bytes bigint,
    pages integer,
    words integer,
    secrets integer NOT NULL DEFAULT 0,
    original text CHECK (length(original) <= 4096),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    erased boolean NOT NULL DEFAULT false
);
COMMENT ON COLUMN ai_memory.documents.problem IS 'Why it could not be read; what was read before stays.';
COMMENT ON COLUMN ai_memory.documents.sha256 IS
    'Of the content that its chunks were made of; without chunks of the content that waits or could not be read.';
COMMENT ON COLUMN ai_memory.documents.erased IS
    'Nothing of it is left; as long as its file stands in a folder the row keeps it from coming back.';
COMMENT ON COLUMN ai_memory.documents.secrets IS 'How many were masked.';
COMMENT ON COLUMN ai_memory.documents.original IS
    'Where an upload is kept, below the folder of originals; NULL for a file in a folder of the household.';
-- The same content twice is one document with two names.
CREATE UNIQUE INDEX documents_once ON ai_memory.documents (owner, collection_id, sha256)
    WHERE deleted_at IS NULL AND sha256 IS NOT NULL;
CREATE INDEX ON ai_memory.documents (sha256);
CREATE INDEX ON ai_memory.documents (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ON ai_memory.documents (owner, updated_at DESC);

CREATE TABLE ai_memory.document_names (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES ai_memory.documents ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    folder text CHECK (length(folder) <= 255),
    path text NOT NULL CHECK (length(path) BETWEEN 1 AND 4096),
    bytes bigint,
    modified_ns bigint,
    added_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN ai_memory.document_names.folder IS 'The folder of the household; NULL for an upload.';
COMMENT ON COLUMN ai_memory.document_names.path IS 'Below the folder; of an upload the name that it came with.';
COMMENT ON COLUMN ai_memory.document_names.modified_ns IS 'With bytes: what the file looked like when it was last read.';
CREATE UNIQUE INDEX document_names_once ON ai_memory.document_names (folder, path) WHERE folder IS NOT NULL;
CREATE INDEX ON ai_memory.document_names (document_id);

CREATE TABLE ai_memory.document_versions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES ai_memory.documents ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    bytes bigint NOT NULL,
    pages integer,
    words integer NOT NULL,
    read_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON ai_memory.document_versions (document_id, id);

CREATE TABLE ai_memory.chunks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id uuid NOT NULL REFERENCES ai_memory.documents ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    position integer NOT NULL,
    page integer,
    heading text NOT NULL CHECK (length(heading) <= 1000),
    hash bytea NOT NULL CHECK (length(hash) = 16)
);
COMMENT ON TABLE ai_memory.chunks IS 'Where a passage of a document stands in it; the text is the passage''s.';
COMMENT ON COLUMN ai_memory.chunks.heading IS 'Title and headings above it, in front of the text where it is searched.';
COMMENT ON COLUMN ai_memory.chunks.hash IS 'Of heading and text: the same again keeps its passage and vector.';
CREATE INDEX ON ai_memory.chunks (document_id, position);

ALTER TABLE ai_memory.passages DROP CONSTRAINT passages_kind_check;
ALTER TABLE ai_memory.passages ADD CHECK (kind IN ('memory', 'turn', 'chunk'));
ALTER TABLE ai_memory.passages DROP CONSTRAINT passages_check;
ALTER TABLE ai_memory.passages
    ADD chunk_id bigint UNIQUE REFERENCES ai_memory.chunks ON DELETE CASCADE,
    ADD CHECK (num_nonnulls(memory_id, turn_id, chunk_id) = 1);
-- What a shelf holds beside what was said in passing.
CREATE INDEX ON ai_memory.passages (collection_id) WHERE kind <> 'turn';

ALTER TABLE ai_memory.context_references DROP CONSTRAINT context_references_verdict_check;
ALTER TABLE ai_memory.context_references
    ADD CHECK (verdict IN ('used', 'below_gate', 'over_budget', 'duplicate', 'similar', 'same_source'));

ALTER TABLE ai_memory.embedding_models
    ADD building boolean NOT NULL DEFAULT false,
    ADD retired_at timestamptz,
    ADD CHECK (NOT (active AND building));
CREATE UNIQUE INDEX one_building_model ON ai_memory.embedding_models (building) WHERE building;
COMMENT ON COLUMN ai_memory.embedding_models.building IS 'Its vectors are being made, while the active one serves.';
COMMENT ON COLUMN ai_memory.embedding_models.retired_at IS 'Since when it is no longer active: its vectors go a while later.';

CREATE TABLE ai_memory.embedding_failures (
    passage_id bigint NOT NULL REFERENCES ai_memory.passages ON DELETE CASCADE,
    model_id integer NOT NULL REFERENCES ai_memory.embedding_models ON DELETE CASCADE,
    failed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (passage_id, model_id)
);
COMMENT ON TABLE ai_memory.embedding_failures IS 'Texts of which a model makes no usable vector: found by words only.';

-- As embeddings: no text, so no policy.
CREATE TABLE ai_memory.collection_embeddings (
    collection_id bigint NOT NULL REFERENCES ai_memory.collections ON DELETE CASCADE,
    model_id integer NOT NULL REFERENCES ai_memory.embedding_models ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 16),
    vector halfvec NOT NULL,
    PRIMARY KEY (collection_id, model_id)
);
COMMENT ON COLUMN ai_memory.collection_embeddings.hash IS 'Of the text that the vector was made of.';

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['documents', 'document_names', 'document_versions', 'chunks']
    LOOP
        EXECUTE format('ALTER TABLE ai_memory.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE ai_memory.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY scope ON ai_memory.%I USING (ai_memory.in_scope(owner))', name);
    END LOOP;
END
$$;

-- What is gone must not stand in a summary any longer: it is made anew.
CREATE OR REPLACE FUNCTION ai_memory.knowledge_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('ai_memory.importing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    UPDATE ai_memory.collections
    SET version = nextval('ai_memory.knowledge_version'),
        summary = CASE WHEN TG_OP = 'INSERT' THEN summary END
    WHERE id IN (SELECT collection_id FROM changed);
    RETURN NULL;
END
$$;
