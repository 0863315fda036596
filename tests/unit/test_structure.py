"""The rules about sizes and imports that no linter checks."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tasveer_tui

ROOT = Path(tasveer_tui.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
MAX_FILE_LINES = 800
MAX_FUNCTION_LINES = 50


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
        ("import tasveer_tui.jobs.engine.process", {"textual", "rich"}),
        ("import tasveer_tui.jobs.worker.process", {"textual", "rich", "peewee", "sqlite3"}),
    ],
)
def test_importing_a_room_loads_nothing_that_it_must_not(statement: str, absent: set[str]) -> None:
    assert not _modules_after(statement) & absent


def test_every_module_says_what_it_is_for(trees: dict[Path, ast.Module]) -> None:
    assert not [path for path, tree in trees.items() if not ast.get_docstring(tree)]
