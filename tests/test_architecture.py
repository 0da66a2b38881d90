"""Rules of the house that a tool can hold: size of files and functions, and what is never done."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "clew"
FILES = sorted(SRC.rglob("*.py"))
MOST_LINES, MOST_FUNCTION = 400, 70
# Goes into packages of evidence as it is: whoever gets one has this file and no other.
ALONE = SRC / "evidence" / "verify.py"
KERNELS = {"kernel", "kernel_step", "making_kernel", "making_step"}
FORBIDDEN_IMPORTS = {"pickle", "marshal", "shelve", "dill", "joblib"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "system", "popen"}


def _names() -> list[str]:
    return [str(path.relative_to(SRC)) for path in FILES]


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", FILES, ids=_names())
def test_files_and_functions_fit_a_head(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MOST_LINES or path == ALONE
    for function in _functions(ast.parse(text)):
        length = (function.end_lineno or 0) - function.lineno + 1
        # A Numba kernel is one state machine: cutting it up costs the speed that it is there for.
        kernel = any(ast.unparse(decorator) in KERNELS for decorator in function.decorator_list)
        assert length <= (3 * MOST_FUNCTION if kernel else MOST_FUNCTION), function.name


@pytest.mark.parametrize("path", FILES, ids=_names())
def test_nothing_that_hides_errors_or_runs_foreign_code(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        where = f"line {getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import):
            assert not {a.name.split(".")[0] for a in node.names} & FORBIDDEN_IMPORTS, where
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import, {where}"
            assert (node.module or "").split(".")[0] not in FORBIDDEN_IMPORTS, where
        elif isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"bare except, {where}"
            assert "Exception" not in ast.unparse(node.type).split("."), f"broad except, {where}"
        elif isinstance(node, ast.Assert):
            pytest.fail(f"assert as validation, {where}")
        elif isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            plain = isinstance(called, ast.Name) or ast.unparse(called).startswith(("os.", "builtins."))
            assert not (plain and name in FORBIDDEN_CALLS), f"{name}, {where}"
            assert not any(k.arg == "shell" for k in node.keywords), f"shell, {where}"


def test_importing_clew_is_light() -> None:
    """The package itself imports nothing: a command pays only for what it uses."""
    assert all(
        isinstance(node, ast.Expr) or (isinstance(node, ast.ImportFrom) and node.module == "__future__")
        for node in ast.parse((SRC / "__init__.py").read_text()).body
    )


def test_the_command_line_waits_with_heavy_imports() -> None:
    heavy = {"numpy", "pyarrow", "duckdb", "numba", "scipy", "clew.pipeline", "clew.store", "clew.query", "clew.assess"}
    for path in (SRC / "cli").glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                assert not any(module == h or module.startswith(h + ".") for h in heavy), f"{path.name}: {module}"
            elif isinstance(node, ast.Import):
                assert not {a.name for a in node.names} & heavy, path.name
