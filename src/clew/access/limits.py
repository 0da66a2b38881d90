"""How often something may be asked: a bucket of tokens for each who asks, in the memory of the server's process.

Tries to sign in have limits of their own, in the database: see `clew.access.tries`.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from clew.model.errors import DeniedError

UNKNOWN = "unknown"  # the address of who has none that can be read


class TooManyError(DeniedError):
    """It was asked too often.

    Args:
        what: what was asked too often, one sentence.
        wait: seconds until it may be asked again.
    """

    def __init__(self, what: str, wait: int) -> None:
        super().__init__(what, f"Wait {wait} seconds." if wait > 1 else "Wait a second.")
        self.wait = wait


class Limits:
    """A bucket for each key: a session, an address.

    Args:
        per_second: how many may be asked in the long run.
        burst: how many at once.
        most: keys that are remembered; the one that asked longest ago is forgotten first.
        clock: seconds that only go forward.
    """

    def __init__(
        self, per_second: float, burst: float, most: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._most, self._clock = per_second, burst, most, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens left, and when
        self._lock = threading.Lock()

    def take(self, key: str, cost: float = 1.0) -> float:
        """Ask once.

        Returns:
            Seconds to wait, in which case nothing was taken; 0 to go on.
        """
        with self._lock:
            at = self._clock()
            left, before = self._buckets.pop(key, (self._burst, at))
            left = min(self._burst, left + (at - before) * self._rate)
            goes = left >= min(cost, self._burst)
            self._buckets[key] = (left - cost if goes else left, at)
            while len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return 0.0 if goes else (min(cost, self._burst) - left) / self._rate


def network_of(address: str) -> str:
    """Whose address it is: itself, or for IPv6 the /64, of which one subscriber has every address."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.ip_network((found, 64), strict=False))
        found = found.ipv4_mapped
    return str(found)
