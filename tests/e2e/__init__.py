"""A real Home Assistant, a real PostgreSQL, driven from outside as people do."""
