"""What platforms ask for, by lists that people gave: the rows that hold."""

from __future__ import annotations

# Of each source the rows of its newest list, unless that was taken back.
PRICED = """
SELECT * FROM {prices} QUALIFY "at" = max("at") OVER (PARTITION BY source) AND state = 'given'
"""
