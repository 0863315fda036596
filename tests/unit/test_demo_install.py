"""Installing the demo's requirements."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tasveer_tui.demo import install
from tasveer_tui.errors import StorageError


def test_nothing_is_installed_if_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "_run", pytest.fail)
    install.ensure_installed(pytest.fail)


def test_the_packages_are_those_of_the_demo_extra() -> None:
    names = {requirement[:4] for requirement in install._requirements()}
    assert names == {"moto", "flas"}


def test_a_failed_installation_has_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    notices: list[str] = []
    monkeypatch.setattr(install, "is_installed", lambda: False)
    monkeypatch.setattr(install, "_run", lambda _: "error: externally-managed-environment")
    with pytest.raises(StorageError, match="externally-managed") as caught:
        install.ensure_installed(notices.append)
    assert "pip install" in caught.value.remedy
    assert len(notices) == 1


def test_a_failing_installer_is_quoted() -> None:
    complaint = "import sys; sys.exit('noise\\nERROR: no such thing.')"
    assert install._run([sys.executable, "-c", complaint]) == "ERROR: no such thing"
    assert (
        install._run([sys.executable, "-c", "raise SystemExit(3)"]) == "the installer ended with 3"
    )
    assert install._run([sys.executable, "-c", ""]) == ""
    assert "No such file" in install._run(["/nowhere/pip"])


def test_importing_the_demo_brings_no_heavy_library() -> None:
    script = "import sys, tasveer_tui.demo; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not {"PIL", "moto", "flask", "boto3"} & set(done.stdout.split())
