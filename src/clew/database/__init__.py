"""One database for what people decide and keep: SQLite in the workspace, or PostgreSQL."""
