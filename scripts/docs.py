"""Write the parts of the README that a real run makes: ``python -m scripts.docs [OUTPUT]``.

OUTPUT is a file with what `python -m clew.demo demo --serve 0` printed; without one it is run now.
Between ``<!-- run -->`` and ``<!-- end -->`` stands what `make run` printed, long lines cut.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_WIDE = 150
# Addresses, accounts, numbers and signatures of real people, as the sample has them.
MASKED = ((r"[\w.+-]+@([\w-]+\.[\w.-]+)", r"…@\1"), (r"Copyright [^.]*\.", ""))


def demonstration() -> str:
    """What the demonstration prints, in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "clew.demo", "demo", "--ads", "20000", "--serve", "0"]
        done = subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def shown(printed: str) -> str:
    """What the README shows of it."""
    # Where the sample lies on this machine is nobody's business, and its people and numbers belong in no repository.
    real, heading, simulated = printed.partition("== A simulated world")
    real = re.sub(r"/\S*/(?=[\w.-]*spam-assassin)", "~/.cache/clew/", real)
    for pattern, mask in MASKED:
        real = re.sub(pattern, mask, real)
    # Invented numbers, addresses and accounts are valid ones, so somebody may have them.
    masked = re.sub(r"(\+\d{4})\d{3,}", r"\1…", real + heading + simulated)
    masked = re.sub(*MASKED[0], masked)
    masked = re.sub(r"\b([A-Z]{2}\d{2})[A-Z0-9]{11,30}\b", r"\1…", masked)
    lines = [line.rstrip() for line in masked.splitlines()]
    return "\n".join(line if len(line) <= MOST_WIDE else line[: MOST_WIDE - 1] + "…" for line in lines)


def main() -> None:
    """Run the demonstration and put its output into the README."""
    readme = ROOT / "README.md"
    printed = Path(sys.argv[1]).read_text() if len(sys.argv) > 1 else demonstration()
    block = f"<!-- run -->\n```text\n{shown(printed).strip()}\n```\n<!-- end -->"
    text, count = re.subn(r"<!-- run -->.*?<!-- end -->", lambda _: block, readme.read_text(), flags=re.DOTALL)
    if count != 1:
        raise SystemExit("README.md has no place for the run: <!-- run --> … <!-- end -->")
    readme.write_text(text)


if __name__ == "__main__":
    main()
