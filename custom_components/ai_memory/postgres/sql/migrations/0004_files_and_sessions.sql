-- Files that this database answers for though no document may refer to them (any more): noted before one is written and
-- with the deletion of its document. Files of other databases lie in the same folder and are not ours to erase.
CREATE TABLE ai_memory.loose_originals (
    original text PRIMARY KEY,
    owner ai_memory.owner NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE ai_memory.loose_originals ENABLE ROW LEVEL SECURITY;
ALTER TABLE ai_memory.loose_originals FORCE ROW LEVEL SECURITY;
CREATE POLICY scope ON ai_memory.loose_originals USING (ai_memory.in_scope(owner));
-- Whoever lets a document go or takes one in.
CREATE FUNCTION ai_memory.original_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.original IS NOT NULL THEN
        INSERT INTO ai_memory.loose_originals (original, owner) VALUES (OLD.original, OLD.owner)
        ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.original IS NOT NULL THEN
        DELETE FROM ai_memory.loose_originals WHERE original = NEW.original;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER original_changed AFTER INSERT OR DELETE OR UPDATE OF original ON ai_memory.documents
    FOR EACH ROW EXECUTE FUNCTION ai_memory.original_changed();

ALTER TABLE ai_memory.documents ADD put_away boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN ai_memory.documents.put_away IS
    'A person put it into the bin while its file stood in a folder: that does not bring it back.';
UPDATE ai_memory.documents d SET put_away = true
WHERE d.deleted_at IS NOT NULL
    AND EXISTS (SELECT FROM ai_memory.document_names n WHERE n.document_id = d.id AND n.folder IS NOT NULL);

-- Up to when an owner's turns are taken up by no session: what they quote may be gone.
CREATE TABLE ai_memory.session_cuts (
    owner ai_memory.owner PRIMARY KEY,
    at timestamptz NOT NULL
);
ALTER TABLE ai_memory.session_cuts ENABLE ROW LEVEL SECURITY;
ALTER TABLE ai_memory.session_cuts FORCE ROW LEVEL SECURITY;
CREATE POLICY scope ON ai_memory.session_cuts USING (ai_memory.in_scope(owner));
