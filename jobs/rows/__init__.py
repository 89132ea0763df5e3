"""The statements of the hot path, one verb a module, for PostgreSQL and SQLite. See protocol.md for their order."""
