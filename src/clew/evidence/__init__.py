"""Evidence that others can check: intake, packages, the report, the verifier, backups."""
