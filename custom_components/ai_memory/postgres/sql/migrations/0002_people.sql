-- What a person can do with their memory: places, review, feedback, training, forgetting, the bin.

-- A deleted conversation stays in the bin, and its session may go on as a new one.
ALTER TABLE ai_memory.conversations DROP CONSTRAINT conversations_session_id_owner_key;
CREATE UNIQUE INDEX conversations_once ON ai_memory.conversations (session_id, owner) WHERE deleted_at IS NULL;
CREATE INDEX ON ai_memory.conversations (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ON ai_memory.conversations (session_id);

ALTER TABLE ai_memory.turns DROP CONSTRAINT turns_answered_by_check;
ALTER TABLE ai_memory.turns ADD CHECK (answered_by IN ('cache', 'intent', 'delegate', 'other_agent', 'memory'));
CREATE INDEX ON ai_memory.turns (started_at);

ALTER TABLE ai_memory.memories
    ADD place text CHECK (length(place) <= 300),
    ADD status text NOT NULL DEFAULT 'accepted' CHECK (status IN ('accepted', 'proposed'));
COMMENT ON COLUMN ai_memory.memories.place IS 'area:<id> or satellite:<entity id>: recalled only there.';
COMMENT ON COLUMN ai_memory.memories.status IS 'A proposed memory waits for review; it is recalled meanwhile.';
DROP INDEX ai_memory.memories_once;
CREATE UNIQUE INDEX memories_once ON ai_memory.memories (owner, collection_id, md5(content), coalesce(place, ''));
CREATE INDEX ON ai_memory.memories (owner, id DESC);
CREATE INDEX ON ai_memory.memories (status) WHERE status = 'proposed';

ALTER TABLE ai_memory.passages
    ADD place text CHECK (length(place) <= 300),
    ADD hidden boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN ai_memory.passages.hidden IS 'In the bin: no search returns it.';

-- Searched with the owner in the statement, as passage_lexemes: everything that was said, not only statements.
CREATE TABLE ai_memory.turn_lexemes (
    turn_id uuid PRIMARY KEY REFERENCES ai_memory.turns ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    lexemes tsvector NOT NULL
);
CREATE INDEX turn_lexemes_gin ON ai_memory.turn_lexemes USING gin (lexemes) WITH (fastupdate = off);
-- What was said before is indexed in the background: its words are made outside of the database.

CREATE TABLE ai_memory.feedback (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    turn_id uuid NOT NULL REFERENCES ai_memory.turns ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
    comment text CHECK (length(comment) <= 4000),
    correction text CHECK (length(correction) <= 8000),
    corrected_by uuid REFERENCES ai_memory.turns ON DELETE SET NULL,
    source text NOT NULL CHECK (source IN ('person', 'correction')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (turn_id, owner)
);
COMMENT ON COLUMN ai_memory.feedback.correction IS 'The answer that would have been right.';
COMMENT ON COLUMN ai_memory.feedback.corrected_by IS 'The turn in which the speaker put it right.';
CREATE INDEX ON ai_memory.feedback (corrected_by) WHERE corrected_by IS NOT NULL;

CREATE TABLE ai_memory.training_examples (
    turn_id uuid NOT NULL REFERENCES ai_memory.turns ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    format text NOT NULL CHECK (format IN ('chat', 'instruction', 'preference')),
    exported_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (turn_id, owner, format)
);
COMMENT ON TABLE ai_memory.training_examples IS 'What has been exported already, by whom.';

CREATE TABLE ai_memory.dropped_secrets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner ai_memory.owner NOT NULL,
    kind text NOT NULL CHECK (length(kind) <= 30),
    source text NOT NULL CHECK (length(source) <= 30),
    turn_id uuid REFERENCES ai_memory.turns ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ai_memory.dropped_secrets IS 'That a secret was not stored, never the secret.';
CREATE INDEX ON ai_memory.dropped_secrets (turn_id) WHERE turn_id IS NOT NULL;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['feedback', 'training_examples', 'dropped_secrets']
    LOOP
        EXECUTE format('ALTER TABLE ai_memory.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE ai_memory.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY scope ON ai_memory.%I USING (ai_memory.in_scope(owner))', name);
    END LOOP;
END
$$;

-- An import marks the shelves that it changed at its end: their rows would stay locked for minutes.
CREATE OR REPLACE FUNCTION ai_memory.knowledge_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('ai_memory.importing', true) = 'on' THEN
        RETURN NULL;
    END IF;
    UPDATE ai_memory.collections SET version = nextval('ai_memory.knowledge_version')
    WHERE id IN (SELECT collection_id FROM changed);
    RETURN NULL;
END
$$;
