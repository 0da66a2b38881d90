"""One module per input format; each sets ``PLUGIN`` and is found by :mod:`clew.ingest.registry`."""
