"""Evidence that others can check: intake, masks, packages, the report, the verifier."""
