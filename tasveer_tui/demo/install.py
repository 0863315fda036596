"""Installs the packages that only the demo needs, at its first run."""

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
"""Modules that the server imports; the last two belong to the extra `moto[s3]`."""

_DISTRIBUTION = "tasveer-tui"


def ensure_installed(show_notice: Callable[[str], None] | None = None) -> None:
    """Install the demo's requirements into the environment of this interpreter, if missing.

    Blocks for up to a minute, after a notice. Raises StorageError with a command to run.
    """
    if is_installed():
        return
    (show_notice or _print_notice)("Installing the demo's S3 server (moto), once…")
    requirements = _requirements()
    failure = ""
    for installer in _installers():
        failure = _run([*installer, *_constraints(), *requirements])
        importlib.invalidate_caches()
        if not failure and is_installed():
            return
    raise StorageError(
        f"The demo's S3 server could not be installed: {failure or 'pip is missing'}.",
        f"Install it with: {sys.executable} -m pip install {_quoted(requirements)}",
    )


def is_installed() -> bool:
    """Whether every module that the server imports can be found."""
    return all(importlib.util.find_spec(module) for module in _REQUIRED_MODULES)


def _requirements() -> list[str]:
    """The requirements of the extra `demo`, from the metadata of the installed package."""
    try:
        declared = importlib.metadata.requires(_DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        declared = []
    found = [line.partition(";")[0].strip() for line in declared if 'extra == "demo"' in line]
    return found or ["moto[s3]", "flask", "flask-cors"]


def _constraints() -> list[str]:
    """Options that pin the versions the project is tested with, in a checkout."""
    path = Path(__file__).parents[2] / "requirements" / "constraints.txt"
    return ["--constraint", str(path)] if path.is_file() else []


def _installers() -> list[list[str]]:
    """Commands that install into this environment, preferred first."""
    installers = []
    if importlib.util.find_spec("pip"):
        installers.append(
            [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        )
    if uv := shutil.which("uv"):
        installers.append([uv, "pip", "install", "--quiet", "--python", sys.executable])
    return installers


def _run(command: list[str]) -> str:
    """Run an installer; return its first error line if it failed, else ""."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments and a path
            command, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")] or lines
    return errors[0].rstrip(".") if errors else f"the installer ended with {done.returncode}"


def _quoted(requirements: list[str]) -> str:
    return " ".join(f"'{requirement}'" for requirement in requirements)


def _print_notice(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
