"""PostgreSQL with pgvector: connection, migrations and one repository per aggregate."""
