"""Which phone numbers whoever is on duty answers: free of charge, of shared cost or premium, of a switchboard.

Such a number stands in many towns at once because one desk serves them; it is no person who travels.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import phonenumbers
import pyarrow as pa
from phonenumbers import NumberParseException, PhoneNumberType

from clew.extract._phone_plan import OTHER, plan
from clew.extract.fold import text_buffers
from clew.ingest.kernels import kernel

# What a person may have is left out: numbers of the internet, of pagers, and personal ones.
_DESKS = (PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.UAN)


@kernel
def _of_kind(data, offsets, trans, label, root, kinds, out):  # type: ignore[no-untyped-def]
    """Which E.164 numbers are of these kinds and no others."""
    for t in range(offsets.shape[0] - 1):
        state = np.int64(root)
        for k in range(offsets[t] + 1, offsets[t + 1]):
            if data[k] < 48 or data[k] > 57:
                state = 0  # type: ignore[assignment]
                break
            state = np.int64(trans[state, data[k] - 48])
        out[t] = label[state] == kinds


def desks(values: pa.Array) -> npt.NDArray[np.bool_]:
    """bool[n]: the E.164 numbers that are no one person's by the plan of their country."""
    plans, out = plan(), np.zeros(len(values), np.bool_)
    _of_kind(*text_buffers(values), plans.trans, plans.label, plans.root, OTHER, out)
    maybe = np.flatnonzero(out)  # few: the library takes long for each
    out[maybe] = [_is_desk(value) for value in values.take(pa.array(maybe)).to_pylist()]
    return out


def _is_desk(value: str) -> bool:
    try:
        return phonenumbers.number_type(phonenumbers.parse(value)) in _DESKS
    except NumberParseException:
        return False
