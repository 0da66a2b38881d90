"""What people decide and keep, in a database of its own (SQLAlchemy): triage, saved views, searches."""
