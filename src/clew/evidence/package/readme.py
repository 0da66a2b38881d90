"""What README.txt of a package says to somebody who never heard of Clew."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from clew.evidence import verify
from clew.evidence.package.material import Material

_TEXT = """\
EVIDENCE PACKAGE {package}

This folder holds evidence of case {case}, as it was on {at} (UTC). It was made by
{who} with Clew {version}. Begin with data/report.pdf: it says what was asked, what
was found, how sure each statement is, and where the method errs.

HANDLING
{handling}

HOW TO CHECK THAT NOTHING WAS CHANGED
On any computer with Python (python.org, version 3.9 or newer):

    python -m pip install cryptography
    python verify.py .

It prints one line for each fault and names the file: changed, missing, added or
reordered. "The package is whole." means that there is none. Nothing is sent anywhere.
Whoever could change this folder could also change the verify.py in it. So use a copy
that you got by another way, or compare its SHA-256, which must be

    {verifier}

The signature was made by the key with the fingerprint

    {fingerprint}

Ask the unit for its fingerprint by another way (telephone, letter), and compare.

WHAT IS IN IT
data/report.pdf      the report
data/originals/      the exhibits, byte for byte as they were taken in
data/tables/         what the analysis derived from them (Parquet files)
data/runs/           what was read and run, with versions and digests, to repeat it
data/custody.csv     who did what with the exhibits, when and why (also as .jsonl)
data/ledger/         the same as entries of a log that cannot be rewritten unseen, with
                     proofs (RFC 9162) and signed heads
data/timestamps/     what an outside authority says of the time (RFC 3161), if any
data/case.jsonld     the case for other programs (CASE/UCO ontology)
data/package.json    what was packed, and what was held back and why
signed.json          digests of all files, signed
manifest-*.txt, tagmanifest-*.txt, bagit.txt, bag-info.txt
                     the form of the folder (BagIt, RFC 8493)

WHAT WAS HELD BACK
{withheld}

TO REPEAT THE ANALYSIS
With Clew installed:  clew replay THIS-FOLDER
With the unit's workspace also:  clew replay THIS-FOLDER -w WORKSPACE
"""


def readme(
    material: Material, package: str, at: str, who: str, version: str, public: bytes, withheld: Sequence[str]
) -> str:
    """The text."""
    verifier = hashlib.sha256(Path(verify.__file__).read_bytes()).hexdigest()
    case = material.case
    handling = f"TLP:{case.tlp}, handling code {case.handling}"
    handling += f" ({material.masks.text(case.conditions)})" if case.conditions else ""
    handling += f".\nKept until {case.retain_until}: erase your copy then, unless the law says otherwise."
    handling += "\nProtected persons (victims, minors) stand under pseudonyms." if material.masks else ""
    return _TEXT.format(
        package=package, case=case.id, at=at[:19].replace("T", " "), who=who, version=version,
        handling=handling, verifier=verifier, fingerprint=verify.fingerprint(public.hex()),
        withheld="\n".join(withheld) or "Nothing.",
    )  # fmt: skip
