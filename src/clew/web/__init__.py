"""The workbench: pages for investigators and the same data at /api/v1."""
