"""The rules about sizes, imports and inheritance that no linter checks."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import tasveer_tui

ROOT = Path(tasveer_tui.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
MAX_FILE_LINES = 800
MAX_FUNCTION_LINES = 50
MAX_OWN_BASES = 2


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in FILES}


def test_files_stay_small() -> None:
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert not [path for path, count in lines.items() if count > MAX_FILE_LINES]


def test_functions_stay_small(trees: dict[Path, ast.Module]) -> None:
    functions = (
        (path, node)
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert not [
        f"{path.name}: {node.name}"
        for path, node in functions
        if (node.end_lineno or node.lineno) - node.lineno >= MAX_FUNCTION_LINES
    ]


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")


def _imports(trees: dict[Path, ast.Module]) -> dict[str, set[str]]:
    """Module → modules of this package that it imports, anywhere and for types only as well."""
    names = {_module_name(path) for path in trees}
    graph: dict[str, set[str]] = {}
    for path, tree in trees.items():
        imported = graph.setdefault(_module_name(path), set())
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names if alias.name in names}
            elif isinstance(node, ast.ImportFrom) and node.module in names:
                parts = {f"{node.module}.{alias.name}" for alias in node.names}
                imported |= (parts & names) or {node.module}
        imported.discard(_module_name(path))
    return graph


def test_no_modules_import_each_other_in_a_circle(trees: dict[Path, ast.Module]) -> None:
    try:
        TopologicalSorter(_imports(trees)).prepare()
    except CycleError as error:
        pytest.fail(" ← ".join(error.args[1]))


def _own_bases(name: str, bases: dict[str, list[str]]) -> int:
    """The longest chain of this package's classes above a class."""
    own = [base for base in bases[name] if base in bases and base != name]
    return max((1 + _own_bases(base, bases) for base in own), default=0)


def test_classes_are_composed_rather_than_inherited(trees: dict[Path, ast.Module]) -> None:
    """Exceptions are left out: each class of theirs is one more thing to catch."""
    bases = {
        node.name: [ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in node.bases]
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.endswith("Error")
    }
    assert not [name for name in bases if _own_bases(name, bases) > MAX_OWN_BASES]


def _modules_after(statement: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{statement}\nprint('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import tasveer_tui.ui.app", {"boto3", "botocore", "celery", "peewee", "PIL", "lark"}),
        ("import tasveer_tui.workspace", {"boto3", "celery", "peewee", "PIL", "textual"}),
        ("import tasveer_tui.catalogue.fields", {"peewee", "sqlite3", "lark"}),
        ("import tasveer_tui.cli", {"boto3", "celery", "peewee", "PIL", "textual", "lark"}),
        ("import tasveer_tui.jobs", {"celery", "kombu", "textual"}),
        ("import tasveer_tui.s3", {"boto3", "botocore", "textual"}),
        ("import tasveer_tui.exif", {"PIL", "textual", "boto3"}),
        ("import tasveer_tui.jobs.engine.process", {"textual", "rich", "celery", "kombu"}),
        ("import tasveer_tui.jobs.worker.process", {"textual", "rich", "peewee", "sqlite3"}),
    ],
)
def test_importing_a_room_loads_nothing_that_it_must_not(statement: str, absent: set[str]) -> None:
    assert not _modules_after(statement) & absent


def test_every_module_says_what_it_is_for(trees: dict[Path, ast.Module]) -> None:
    assert not [path for path, tree in trees.items() if not ast.get_docstring(tree)]
