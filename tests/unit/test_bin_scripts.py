from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(path for path in (ROOT / "bin").iterdir() if path.is_file())
SHELL = [path for path in (*SCRIPTS, ROOT / ".ci/run") if path.read_text().startswith("#!/bin/sh")]
NO_PROGRAMS = {"PATH": "/nowhere"}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A checkout whose environment is up to date, but whose Python only says how it was called."""
    root = tmp_path / "a clone's place"
    shutil.copytree(ROOT / "bin", root / "bin")
    shutil.copytree(ROOT / "requirements", root / "requirements")
    shutil.copy(ROOT / "pyproject.toml", root)
    python = root / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "safe=$PYTHONSAFEPATH" "$@"\n')
    python.chmod(0o755)
    long_ago = time.time() - 60
    for path in (root / "pyproject.toml", *(root / "requirements").iterdir()):
        os.utime(path, (long_ago, long_ago))
    (root / ".venv/stamp").write_text(f"base {root}\n")
    return root


def _run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **dict(options.get("env") or {})}  # type: ignore[call-overload]
    return subprocess.run(
        [str(word) for word in command],
        capture_output=True, text=True, check=False, env=environment, cwd="/",
    )  # fmt: skip


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_executable_and_starts_with_a_description(path: Path) -> None:
    assert os.access(path, os.X_OK)
    second = path.read_text("utf-8").splitlines()[1]
    assert second.startswith(("# ", '"""'))


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_shell_scripts_are_short_and_sound(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 80
    assert _run("sh", "-n", path).returncode == 0
    if shutil.which("shellcheck"):
        done = _run("shellcheck", path)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name", [path.name for path in SHELL if not path.name.startswith(("run", "tasveer"))]
)
def test_help_prints_the_description_and_does_nothing_else(clone: Path, name: str) -> None:
    done = _run("/bin/sh", clone / "bin" / name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"bin/{name}" in done.stdout
    assert "safe=" not in done.stdout  # Python was not started


def test_the_broker_node_has_what_it_imports_in_a_clone_that_only_ran_the_program(
    clone: Path,
) -> None:
    done = _run("/bin/sh", clone / "bin/rabbitmq-node", env=NO_PROGRAMS)
    assert "Python 3.11 or newer was not found" in done.stderr  # it set out to install the rest


def test_a_ready_environment_costs_no_program(clone: Path) -> None:
    done = _run("/bin/sh", clone / "bin/bootstrap", env=NO_PROGRAMS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_development_environment_serves_the_program_but_not_the_reverse(clone: Path) -> None:
    assert _run("/bin/sh", clone / "bin/bootstrap", "local", env=NO_PROGRAMS).returncode == 1
    (clone / ".venv/stamp").write_text(f"local {clone}\n")
    for level in ("base", "local"):
        assert _run("/bin/sh", clone / "bin/bootstrap", level, env=NO_PROGRAMS).returncode == 0


@pytest.mark.parametrize("name", ["requirements/base.txt", "pyproject.toml"])
def test_changed_requirements_are_noticed(clone: Path, name: str) -> None:
    os.utime(clone / name, (time.time() + 5, time.time() + 5))
    done = _run("/bin/sh", clone / "bin/bootstrap", env=NO_PROGRAMS)
    assert done.returncode == 1
    assert "Python 3.11 or newer was not found" in done.stderr


def test_a_moved_checkout_is_noticed(clone: Path) -> None:
    moved = clone.rename(clone.with_name("moved"))
    assert _run("/bin/sh", moved / "bin/bootstrap", env=NO_PROGRAMS).returncode == 1


def test_the_program_starts_from_anywhere_and_through_a_link(clone: Path, tmp_path: Path) -> None:
    link = tmp_path / "tt"
    link.symlink_to(clone / "bin/tasveer-tui")
    for door in (clone / "bin/tasveer-tui", link):
        done = _run(door, "search", "lens:50 mm")
        assert done.stdout == "safe=1 -m tasveer_tui search lens:50 mm\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["tasveer-worker", "--concurrency", "4"], "worker --concurrency 4"),
        (["run_celery.py", "--concurrency", "4"], "worker --concurrency 4"),
        (["run_server.py"], "ingest s3://waldo-recruiting --no-sign-request"),
        (["run_server.py", "my-bucket"], "ingest s3://my-bucket"),
        (["run_server.py", "s3://my-bucket/2019", "--force"], "ingest s3://my-bucket/2019 --force"),
        (
            ["run_server.py", "--dry-run"],
            "ingest s3://waldo-recruiting --no-sign-request --dry-run",
        ),
    ],
)
def test_all_entry_points_start_the_same_program(
    clone: Path, words: list[str], expected: str
) -> None:
    done = _run(clone / "bin" / words[0], *words[1:])
    assert done.stdout == f"safe=1 -m tasveer_tui {expected}\n", done.stderr
