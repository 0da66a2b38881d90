"""Held-out data: see README.md for who may read it."""
