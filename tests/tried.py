"""How many random examples a test tries: few at a desk and in CI, forty times as many with ``make fuzz``."""

from __future__ import annotations

from hypothesis import settings

TIMES = 40


def tried(examples: int) -> int:
    """So many, or with the profile "fuzz" `TIMES` as many. A number in ``settings`` alone would hold for both."""
    return examples * TIMES if settings.get_current_profile_name() == "fuzz" else examples
