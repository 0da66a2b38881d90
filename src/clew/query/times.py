"""Whether a record's time says more than the day: many statements know payments by their day alone."""

from __future__ import annotations

# Of a row of RECORDS; midnight in UTC without an offset is what a day alone becomes when it is read.
TIMED = """(kind <> 'payment' OR posted_at IS NULL OR posted_offset IS NOT NULL
    OR epoch_us(posted_at) % 86400000000 <> 0)"""
