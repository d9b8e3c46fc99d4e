-- Everything with readable text and an owner is under forced row-level security. `ai_memory.scope` is set per transaction:
-- an owner sees their own rows and the household's, `maintenance` sees all, nothing set sees nothing.

CREATE FUNCTION ai_memory.in_scope(owner text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN owner = current_setting('ai_memory.scope', true)
    OR (owner = 'household' AND current_setting('ai_memory.scope', true) <> '')
    OR current_setting('ai_memory.scope', true) = 'maintenance';

CREATE DOMAIN ai_memory.owner AS text
    CHECK (VALUE = 'household' OR (VALUE LIKE 'person:_%' AND length(VALUE) <= 262));

CREATE SEQUENCE ai_memory.knowledge_version;

CREATE TABLE ai_memory.collections (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner ai_memory.owner NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    summary text CHECK (length(summary) <= 2000),
    version bigint NOT NULL DEFAULT nextval('ai_memory.knowledge_version'),
    UNIQUE (owner, name)
);
COMMENT ON COLUMN ai_memory.collections.version IS 'Grows with every change of what is on this shelf.';

CREATE TABLE ai_memory.conversations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id text NOT NULL CHECK (length(session_id) <= 255),
    owner ai_memory.owner NOT NULL,
    title text CHECK (length(title) <= 200),
    summary text CHECK (length(summary) <= 4000),
    language text CHECK (length(language) <= 35),
    started_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    UNIQUE (session_id, owner)
);
CREATE INDEX ON ai_memory.conversations (owner, updated_at DESC);

CREATE TABLE ai_memory.tags (
    conversation_id bigint NOT NULL REFERENCES ai_memory.conversations ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    tag text NOT NULL CHECK (length(tag) BETWEEN 1 AND 100),
    PRIMARY KEY (conversation_id, tag)
);

CREATE TABLE ai_memory.turns (
    id uuid PRIMARY KEY,
    conversation_id bigint NOT NULL REFERENCES ai_memory.conversations ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    text text NOT NULL CHECK (length(text) <= 100000),
    resolved_text text CHECK (length(resolved_text) <= 100000),
    reply text CHECK (length(reply) <= 100000),
    answered_by text NOT NULL CHECK (answered_by IN ('cache', 'intent', 'delegate', 'other_agent')),
    agent_id text CHECK (length(agent_id) <= 255),
    model text CHECK (length(model) <= 255),
    language text CHECK (length(language) <= 35),
    intent text CHECK (length(intent) <= 255),
    device_id text CHECK (length(device_id) <= 255),
    satellite_id text CHECK (length(satellite_id) <= 255),
    cache text NOT NULL CHECK (length(cache) <= 30),
    stages jsonb NOT NULL,
    error text CHECK (length(error) <= 2000),
    started_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN ai_memory.turns.stages IS 'Milliseconds that each stage took.';
CREATE INDEX ON ai_memory.turns (conversation_id, started_at);
CREATE INDEX ON ai_memory.turns (owner, started_at DESC);

CREATE TABLE ai_memory.messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id bigint NOT NULL REFERENCES ai_memory.conversations ON DELETE CASCADE,
    turn_id uuid NOT NULL REFERENCES ai_memory.turns ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    position smallint NOT NULL,
    role text NOT NULL CHECK (role IN ('user', 'assistant', 'tool_result')),
    content text CHECK (length(content) <= 100000),
    thinking text CHECK (length(thinking) <= 100000),
    tool_calls jsonb,
    input_tokens integer,
    output_tokens integer,
    language text CHECK (length(language) <= 35),
    intent text CHECK (length(intent) <= 255),
    created_at timestamptz NOT NULL,
    UNIQUE (turn_id, position)
);
CREATE INDEX ON ai_memory.messages (conversation_id, id);

CREATE TABLE ai_memory.tool_executions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    turn_id uuid NOT NULL REFERENCES ai_memory.turns ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    position smallint NOT NULL,
    name text NOT NULL CHECK (length(name) <= 255),
    arguments jsonb NOT NULL,
    result jsonb,
    status text NOT NULL CHECK (status IN ('ok', 'error')),
    UNIQUE (turn_id, position)
);

CREATE TABLE ai_memory.memories (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner ai_memory.owner NOT NULL,
    collection_id bigint NOT NULL REFERENCES ai_memory.collections,
    content text NOT NULL CHECK (length(content) BETWEEN 1 AND 8000),
    language text CHECK (length(language) <= 35),
    source text CHECK (length(source) <= 255),
    tags text[] NOT NULL DEFAULT '{}',
    confidence real NOT NULL DEFAULT 1 CHECK (confidence BETWEEN 0 AND 1),
    turn_id uuid REFERENCES ai_memory.turns ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN ai_memory.memories.turn_id IS 'The turn that it was learned from.';
-- The same words twice are one memory.
CREATE UNIQUE INDEX memories_once ON ai_memory.memories (owner, collection_id, md5(content));
CREATE INDEX ON ai_memory.memories (turn_id) WHERE turn_id IS NOT NULL;

CREATE TABLE ai_memory.passages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner ai_memory.owner NOT NULL,
    collection_id bigint NOT NULL REFERENCES ai_memory.collections,
    kind text NOT NULL CHECK (kind IN ('memory', 'turn')),
    memory_id bigint UNIQUE REFERENCES ai_memory.memories ON DELETE CASCADE,
    turn_id uuid UNIQUE REFERENCES ai_memory.turns ON DELETE CASCADE,
    speaker text CHECK (length(speaker) <= 255),
    text text NOT NULL CHECK (length(text) <= 100000),
    created_at timestamptz NOT NULL,
    CHECK (num_nonnulls(memory_id, turn_id) = 1)
);
COMMENT ON TABLE ai_memory.passages IS 'What a search returns.';

CREATE TABLE ai_memory.context_references (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    turn_id uuid NOT NULL REFERENCES ai_memory.turns ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    passage_id bigint NOT NULL REFERENCES ai_memory.passages ON DELETE CASCADE,
    position smallint NOT NULL,
    snippet text NOT NULL CHECK (length(snippet) <= 500),
    score real NOT NULL,
    cosine real,
    lexical real NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('used', 'below_gate', 'over_budget', 'duplicate')),
    UNIQUE (turn_id, position)
);
CREATE INDEX ON ai_memory.context_references (passage_id);

-- Searched with the owner in the statement: a policy would switch the GIN index off, `@@` is not leakproof.
CREATE TABLE ai_memory.passage_lexemes (
    passage_id bigint PRIMARY KEY REFERENCES ai_memory.passages ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    lexemes tsvector NOT NULL
);
CREATE INDEX passage_lexemes_gin ON ai_memory.passage_lexemes USING gin (lexemes) WITH (fastupdate = off);

CREATE TABLE ai_memory.lexeme_statistics (
    lexeme text PRIMARY KEY,
    documents integer NOT NULL
);
COMMENT ON TABLE ai_memory.lexeme_statistics IS
    'In how many passages a lexeme stands; the empty lexeme counts them all. Refreshed by maintenance.';

CREATE TABLE ai_memory.embedding_models (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider text NOT NULL CHECK (length(provider) <= 50),
    name text NOT NULL CHECK (length(name) <= 255),
    dimensions integer NOT NULL CHECK (dimensions BETWEEN 1 AND 4000),
    active boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (provider, name, dimensions)
);
CREATE UNIQUE INDEX one_active_model ON ai_memory.embedding_models (active) WHERE active;

CREATE TABLE ai_memory.embeddings (
    passage_id bigint NOT NULL REFERENCES ai_memory.passages ON DELETE CASCADE,
    model_id integer NOT NULL REFERENCES ai_memory.embedding_models ON DELETE CASCADE,
    owner ai_memory.owner NOT NULL,
    vector halfvec NOT NULL,
    PRIMARY KEY (passage_id, model_id)
);
-- Out of line, a vector costs a second read per row.
ALTER TABLE ai_memory.embeddings ALTER COLUMN vector SET STORAGE PLAIN;
CREATE INDEX embeddings_scope ON ai_memory.embeddings (model_id, owner);

CREATE TABLE ai_memory.recall_gates (
    embedder text NOT NULL CHECK (length(embedder) <= 50),
    language text NOT NULL CHECK (length(language) <= 35),
    question_cosine real,
    other_cosine real,
    question_lexical real NOT NULL,
    passages integer NOT NULL,
    calibrated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (embedder, language)
);
COMMENT ON TABLE ai_memory.recall_gates IS 'What plain commands score against this store: the zero of relevance.';

CREATE TABLE ai_memory.preferences (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner ai_memory.owner NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    category text NOT NULL CHECK (length(category) BETWEEN 1 AND 100),
    value jsonb NOT NULL CHECK (length(value::text) <= 65536),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner, key)
);
CREATE INDEX ON ai_memory.preferences (category);

CREATE TABLE ai_memory.response_cache (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner ai_memory.owner NOT NULL,
    key bytea NOT NULL CHECK (length(key) = 32),
    question text NOT NULL CHECK (length(question) <= 2000),
    answer text NOT NULL CHECK (length(answer) <= 8000),
    language text CHECK (length(language) <= 35),
    agent_id text CHECK (length(agent_id) <= 255),
    knowledge_version bigint NOT NULL,
    hit_count integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    UNIQUE (owner, key)
);
CREATE INDEX ON ai_memory.response_cache (expires_at);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['collections', 'conversations', 'tags', 'turns', 'messages', 'tool_executions', 'memories',
        'passages', 'context_references', 'preferences', 'response_cache']
    LOOP
        EXECUTE format('ALTER TABLE ai_memory.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE ai_memory.%I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY scope ON ai_memory.%I USING (ai_memory.in_scope(owner))', name);
    END LOOP;
END
$$;

-- A cached answer holds while the knowledge in its scope is unchanged: count every change here, whoever makes it.
CREATE FUNCTION ai_memory.knowledge_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ai_memory.collections SET version = nextval('ai_memory.knowledge_version')
    WHERE id IN (SELECT collection_id FROM changed);
    RETURN NULL;
END
$$;
CREATE TRIGGER inserted AFTER INSERT ON ai_memory.passages
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ai_memory.knowledge_changed();
CREATE TRIGGER updated AFTER UPDATE ON ai_memory.passages
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ai_memory.knowledge_changed();
CREATE TRIGGER deleted AFTER DELETE ON ai_memory.passages
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ai_memory.knowledge_changed();
