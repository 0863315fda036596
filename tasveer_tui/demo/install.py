"""Installs what only the demo needs, when it is first run."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tasveer_tui.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

_REQUIRED_MODULES = ("moto", "flask", "flask_cors", "yaml", "py_partiql_parser")
"""What the server imports; yaml and py_partiql_parser come with moto's S3 extra."""

_DISTRIBUTION = "tasveer-tui"


def ensure_installed(tell: Callable[[str], None] | None = None) -> None:
    """Install the demo's requirements into this interpreter's environment if any is missing.

    Blocks for up to a minute and tells so, once. Raises StorageError with what to type.
    """
    if is_installed():
        return
    (tell or _print_notice)("Installing the demo's S3 server (moto), once…")
    requirements = _requirements()
    failure = ""
    for installer in _installers():
        failure = _run([*installer, *_constraints(), *requirements])
        importlib.invalidate_caches()
        if not failure and is_installed():
            return
    raise StorageError(
        f"The demo's S3 server could not be installed: {failure or 'pip is missing'}.",
        f"Install it yourself: {sys.executable} -m pip install {_quoted(requirements)}",
    )


def is_installed() -> bool:
    """Everything that the server imports can be found."""
    return all(importlib.util.find_spec(module) for module in _REQUIRED_MODULES)


def _requirements() -> list[str]:
    """The demo extra as the installed package declares it."""
    try:
        declared = importlib.metadata.requires(_DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        declared = []
    wanted = [line.partition(";")[0].strip() for line in declared if 'extra == "demo"' in line]
    return wanted or ["moto[s3]", "flask", "flask-cors"]


def _constraints() -> list[str]:
    """In a checkout, the versions that the project is tested with."""
    path = Path(__file__).parents[2] / "requirements" / "constraints.txt"
    return ["--constraint", str(path)] if path.is_file() else []


def _installers() -> list[list[str]]:
    """Ways to install into this environment, best first."""
    ways = []
    if importlib.util.find_spec("pip"):
        ways.append(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        )
    if uv := shutil.which("uv"):
        ways.append([uv, "pip", "install", "--quiet", "--python", sys.executable])
    return ways


def _run(command: list[str]) -> str:
    """Run an installer; returns its last line when it failed, else nothing."""
    try:
        done = subprocess.run(  # noqa: S603 - our own words and a path
            command, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    faults = [line for line in lines if line.lower().startswith("error")] or lines
    return faults[0].rstrip(".") if faults else f"the installer ended with {done.returncode}"


def _quoted(requirements: list[str]) -> str:
    return " ".join(f"'{requirement}'" for requirement in requirements)


def _print_notice(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()
