-- Run at every start by the superuser, with :password. Changes nothing where all is as it should be.
SET client_min_messages = warning;
-- The password must not reach the log.
SET log_statement = none;
SET log_min_duration_statement = -1;
SET log_min_error_statement = panic;

SELECT 'CREATE ROLE ai_memory' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ai_memory') \gexec
ALTER ROLE ai_memory
    LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    PASSWORD :'password';

SELECT 'CREATE DATABASE ai_memory OWNER ai_memory TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'ai_memory') \gexec
REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1, ai_memory FROM PUBLIC;

\connect ai_memory
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS vector;
ALTER EXTENSION vector UPDATE;
