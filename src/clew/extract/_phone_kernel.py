"""How the compiled parts of the phone extractor are compiled."""

from __future__ import annotations

import numba

# They allocate nothing: scratch memory is handed in. So reference counts are left out, for counting the references to
# some forty arrays at every call took nine tenths of the time.
kernel = numba.njit(nogil=True, cache=True, _nrt=False)  # type: ignore[call-overload]

# Small steps of the innermost loop: a call that hands on a dozen arrays costs more than what it does.
inner = numba.njit(nogil=True, cache=True, _nrt=False, forceinline=True)  # type: ignore[call-overload]
