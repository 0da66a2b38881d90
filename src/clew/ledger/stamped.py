"""Do the timestamps in the ledger hold? Each is verified for the head that it is on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC

from cryptography import x509

from clew.ledger.heads import Head
from clew.ledger.timestamps import Authority, Stamp


def stamp_faults(heads: Iterable[Head], stamps: Iterable[Stamp], trusted: Authority | None = None) -> Iterator[str]:
    """A sentence for each timestamp that does not hold.

    A certificate that ran out since is no fault: the timestamp was made while it was good.

    Args:
        heads, stamps: of the ledger.
        trusted: whose roots the timestamps must go back to; None trusts the roots that they were taken with.
    """
    known = {head.size: head for head in heads}
    for stamp in stamps:
        if stamp.token is None:
            continue
        named = f"The timestamp of {stamp.authority} on the head of {stamp.size:,} entries"
        head = known.get(stamp.size)
        if head is None:
            yield f"{named} is on a head that is not there."
            continue
        trouble = _trouble(stamp, stamp.token, head, trusted)
        if trouble:
            yield f"{named} does not hold ({trouble})."


def _trouble(stamp: Stamp, token: bytes, head: Head, trusted: Authority | None) -> str:
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        root = x509.load_der_x509_certificate(stamp.root or b"")
        answer = decode_timestamp_response(_answer(token))
        if trusted is not None and root not in trusted.roots:
            return "its root is none of those in CLEW_TSA_ROOTS"
        others = list(trusted.others) if trusted else []
        VerifierBuilder(roots=[root], intermediates=others).build().verify(
            answer, hashlib.sha256(head.statement()).digest()
        )
    except (VerificationError, ValueError, TypeError) as error:  # TypeError: something that is no bytes stands there
        text = " ".join(str(error).partition(": ErrorStack")[0].split())[:200]
        return "" if "expired" in text else text or "it cannot be read"
    if answer.tst_info.gen_time.astimezone(UTC).isoformat() != stamp.at:
        return f"it is of {answer.tst_info.gen_time.astimezone(UTC).isoformat()}, not of {stamp.at}"
    return ""


def _answer(token: bytes) -> bytes:
    """A token as an authority's answer (RFC 3161, TimeStampResp): a status that grants it, then the token."""
    content = b"\x30\x03\x02\x01\x00" + token
    size = len(content)
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return b"\x30" + (bytes([size]) if size < 0x80 else bytes([0x80 | len(length)]) + length) + content
