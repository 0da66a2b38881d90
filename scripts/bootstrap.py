"""Set up the project's own environment in .venv, with nothing but Python 3.11 or newer and a network.

Debian ships Python without the module that puts pip into a new environment; pip is then fetched as a wheel from the
package index and runs from the wheel itself. Installs happen again only when what is to be installed has changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.parse
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLOW = ("ingest", "extract", "match", "link", "trace", "assess", "simulate", "query")  # folders with kernels
UV = "uv==0.13.9"
LEFT_OUT = ("pandas",)  # for a part of case-utils that nobody calls; PyArrow would load it in every process
PIP = ("https://pypi.org/pypi/pip/json", 24)  # where to ask for pip, and the oldest major version to take


def say(text: str) -> None:
    """Tell what is going on."""
    print(f"[setup] {text}", flush=True)


def fetch_pip(folder: Path) -> Path:
    """Download pip's newest wheel and check it against the digest that the index gives."""
    with urllib.request.urlopen(PIP[0], timeout=60) as answer:
        listing = json.load(answer)
    version = listing["info"]["version"]
    if int(version.split(".")[0]) < PIP[1]:
        raise SystemExit(f"[setup] the index offers pip {version} only, which is too old.")
    wheel = next(file for file in listing["urls"] if file["packagetype"] == "bdist_wheel")
    with urllib.request.urlopen(urllib.parse.urljoin(PIP[0], wheel["url"]), timeout=120) as answer:
        content = answer.read(20 << 20)
    if hashlib.sha256(content).hexdigest() != wheel["digests"]["sha256"]:
        raise SystemExit("[setup] pip arrived damaged. Try again.")
    path = folder / wheel["filename"]
    path.write_bytes(content)
    return path


def make_environment() -> None:
    """Create .venv with pip in it."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("ensurepip"):
        say("making .venv")
        venv.create(VENV, with_pip=True)
        return
    say("making .venv (this Python has no ensurepip; pip comes from the package index)")
    venv.create(VENV, with_pip=False)
    wheel = fetch_pip(VENV)
    subprocess.run([PYTHON, f"{wheel}/pip", "install", "--quiet", "--no-index", str(wheel)], check=True)
    wheel.unlink()


def wanted(extras: str) -> str:
    """Digest of everything that says what is to be installed."""
    digest = hashlib.sha256(f"{extras} {sysconfig.get_python_version()}".encode())
    for name in ("pyproject.toml", "requirements.lock", "scripts/bootstrap.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def install_side_by_side(pip: list[object], target: list[object]) -> bool:
    """Install with uv, which fetches and unpacks many packages at once and needs a fifth of pip's time.

    It looks where pip's settings say. False where it cannot be had or could not do it: then pip is to try.
    """
    if subprocess.run([*pip, UV], capture_output=True).returncode:
        return False
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    lines = (line.partition("=") for line in listed.splitlines())
    settings = {key.rpartition(".")[2]: value.strip("'") for key, _, value in lines}
    if "no-index" in settings:
        return False
    index = ["--default-index", settings["index-url"]] if "index-url" in settings else []
    trust = {"SSL_CERT_FILE": settings["cert"]} if "cert" in settings else {}
    left_out = VENV / "left-out"
    left_out.write_text("".join(f"{name}; sys_platform == 'none'\n" for name in LEFT_OUT))
    command = [VENV / "bin" / "uv", "pip", "install", "--quiet", "--python", PYTHON, "--override", left_out]
    return subprocess.run([*command, *index, *target], env=trust | os.environ, capture_output=True).returncode == 0


def install(extras: str) -> None:
    """Install the locked versions of the dependencies and the project itself, editable."""
    mark = VENV / f"installed-{extras.replace(',', '-') or 'plain'}"
    key = wanted(extras)
    if mark.exists() and mark.read_text() == key:
        return
    say(f"installing Clew{f' with {extras}' if extras else ''} (first time: about 600 MB on disk)")
    target = ["--constraint", ROOT / "requirements.lock", "--editable", f"{ROOT}[{extras}]" if extras else ROOT]
    # Python compiles what is imported; all that is there would take half a minute.
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile"]
    if not install_side_by_side(pip, target) and subprocess.run([*pip, *target]).returncode:
        raise SystemExit(
            "[setup] the packages could not be installed. Is there a network, or a package index in pip's settings?"
        )
    mark.write_text(key)


def kernels(folder: str) -> str:
    """Digest of the files of a folder that hold kernels."""
    sources = [path.read_bytes() for path in sorted((ROOT / "src" / "clew" / folder).rglob("*.py"))]
    return hashlib.sha256(b"".join(source for source in sources if b"numba" in source)).hexdigest()


def compile_kernels() -> bool:
    """Compile the kernels when one has changed; tells whether it did.

    Numba notices a change in the file of a kernel but not in those that the kernel calls, so the machine code of a
    changed folder, and of the folders after it in the flow, is thrown away first.
    """
    marks = {folder: VENV / f"kernels-{folder}" for folder in FLOW}
    changed = [not mark.exists() or mark.read_text() != kernels(folder) for folder, mark in marks.items()]
    if not any(changed):
        return False
    for folder in FLOW[changed.index(True) :]:
        for code in (ROOT / "src" / "clew" / folder).rglob("__pycache__/*.nb[ic]"):
            code.unlink()
    if subprocess.run([PYTHON, "-m", "clew.warm"]).returncode:
        raise SystemExit("[setup] the kernels could not be compiled; see above.")
    for folder, mark in marks.items():
        mark.write_text(kernels(folder))
    return True


def compile_lexicons(done: bool) -> None:
    """Compile the lexicons and rules of the meaning extractor when one has changed.

    They are kept beside the kernels, and would else be compiled by every worker of the tests at once. It is done where
    all kernels were just called.
    """
    folder = ROOT / "src" / "clew" / "extract"
    sources = [*sorted(folder.glob("data/meaning/*.toml")), *sorted(folder.glob("*.py"))]
    key = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    mark = VENV / "lexicons"
    if mark.exists() and mark.read_text() == key:
        return
    if not done and subprocess.run([PYTHON, "-m", "clew.warm", "lexicons"]).returncode:
        raise SystemExit("[setup] the lexicons could not be compiled; see above.")
    mark.write_text(key)


def build_frontend() -> None:
    """Bundle the scripts of the workbench's pages when one has changed."""
    if subprocess.run([PYTHON, "-m", "scripts.frontend"]).returncode:
        raise SystemExit("[setup] the workbench's scripts could not be built; see above.")


def find_browser() -> None:
    """Have a Chromium for the tests: the machine's, else Debian's package, else the one Playwright fetches."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    playwright = [PYTHON, "-m", "playwright", "install"]
    found = subprocess.run([*playwright, "--list"], capture_output=True, text=True).stdout
    if "chromium" in found:
        return
    say("fetching Chromium for the tests")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        options = ["install", "-y", "-qq", "--no-install-recommends", "fonts-dejavu-core"]
        for package in BROWSERS[:2]:  # without windows a page costs a quarter
            subprocess.run(["apt-get", *options, package], check=False, stdout=subprocess.DEVNULL)
            if shutil.which(package):
                return
    if subprocess.run([*playwright, "chromium"]).returncode:
        raise SystemExit("[setup] no Chromium could be had. Install one (apt install chromium), then try again.")


def main() -> None:
    """Set up with the extras named on the command line, separated by commas; with ``packages`` after them no more than
    what the style and types of the code are looked at with, while a second call compiles the kernels."""
    if sys.version_info < (3, 11):  # noqa: UP036 (this runs on whatever Python the machine has)
        raise SystemExit(f"[setup] Clew needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    os.chdir(ROOT)
    make_environment()
    extras = sys.argv[1] if len(sys.argv) > 1 else ""
    install(extras)
    build_frontend()
    if sys.argv[2:] == ["packages"]:
        return
    compile_lexicons(compile_kernels())
    if "dev" in extras.split(","):
        find_browser()


if __name__ == "__main__":
    main()
