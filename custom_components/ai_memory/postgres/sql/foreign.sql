-- What is asked of a database that is none of ours; nothing of it writes.

-- name: about
SELECT current_setting('server_version') AS version, current_setting('TimeZone') AS time_zone,
    current_database() AS database, d.oid AS database_id, pg_encoding_to_char(d.encoding) AS encoding,
    has_function_privilege('pg_control_system()', 'execute') AS may_identify
FROM pg_database d WHERE d.datname = current_database()

-- name: system_identifier
SELECT system_identifier FROM pg_control_system()

-- name: take_time
-- Nobody may end what is only slow.
SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true),
    set_config('idle_in_transaction_session_timeout', '0', true)

-- name: raw_text
-- Where the server does not know how text is encoded, it is taken as it stands.
SET LOCAL client_encoding TO 'SQL_ASCII'

-- name: tables
-- $1 names, $2 schema or NULL for any. The types of domains are those below them.
SELECT n.nspname AS schema, c.relname AS name, has_table_privilege(c.oid, 'SELECT') AS readable,
    array_agg(a.attname::text ORDER BY a.attnum) AS columns,
    array_agg(coalesce(b.typname, t.typname)::text ORDER BY a.attnum) AS types
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type b ON b.oid = nullif(t.typbasetype, 0)
WHERE c.relname = ANY($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ($2::text IS NULL OR n.nspname = $2)
    AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
    AND has_schema_privilege(n.oid, 'USAGE')
GROUP BY n.nspname, c.relname, c.oid
ORDER BY n.nspname, c.relname

-- name: count
-- The statement that counts the rows of table $2 in schema $1.
SELECT format('SELECT count(*) FROM %I.%I', $1::text, $2::text)

-- name: has_unique_ids
-- The statement that tells whether no two rows of table $2 in schema $1 have the same id.
SELECT format('SELECT count(id) = count(DISTINCT id::text) FROM %I.%I', $1::text, $2::text)

-- name: declare
-- The statement of a cursor on table $2 in schema $1: columns $3, of which $4 are text, in the order of $5; of the rows whose
-- column $6 is the same as that of a row with an id in $7, of all where $7 is NULL. A row is one line of JSON, as bytes: a text
-- that is no UTF-8 must not stop what comes behind it. What is longer than any column of ours is cut, and refused later.
SELECT format(
    'DECLARE source NO SCROLL CURSOR FOR SELECT textsend(row_to_json(r)::text) AS line FROM (SELECT %s FROM %I.%I%s%s) AS r',
    (
        SELECT string_agg(
            CASE WHEN name = ANY($4::text[]) THEN format('left(%1$I::text, 200000) AS %1$I', name) ELSE quote_ident(name) END,
            ', ')
        FROM unnest($3::text[]) AS name
    ),
    $1::text, $2::text,
    CASE WHEN $7::text[] IS NULL THEN ''
        ELSE format(' WHERE %3$I IN (SELECT %3$I FROM %1$I.%2$I WHERE id::text = ANY (%4$L::text[]))', $1::text, $2::text,
            $6::text, $7::text[]) END,
    (SELECT ' ORDER BY ' || string_agg(quote_ident(name), ', ') FROM unnest($5::text[]) AS name)
)

-- name: fetch
FETCH 500 FROM source

-- name: close
CLOSE source
