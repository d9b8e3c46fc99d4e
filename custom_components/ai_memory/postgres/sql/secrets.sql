-- name: note
INSERT INTO dropped_secrets (owner, kind, source, turn_id) SELECT $1, kind, $2, $3 FROM unnest($4::text[]) AS kind

-- name: list
SELECT owner, kind, source, turn_id, created_at FROM dropped_secrets WHERE owner = ANY($1) ORDER BY id DESC LIMIT $2
