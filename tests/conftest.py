"""Every test runs shut off from the machine: no AWS configuration, no settings, no home."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import pytest

from tests.support.range_server import range_server
from tests.support.seaweedfs import seaweed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["range_server", "seaweed"]

_CLEARED_PREFIXES = ("AWS_", "TASVEER_", "XDG_", "NO_COLOR", "COLORTERM", "TEXTUAL")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@pytest.fixture(scope="session")
def home_dirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where each next test lives: counted here, as pytest looks at all folders to number one."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def home(home_dirs: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder; nothing of the developer's environment is left."""
    folder = next(home_dirs)
    folder.mkdir()
    for name in list(os.environ):
        if name.startswith(_CLEARED_PREFIXES) or name.lower() in _PROXIES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TZ", "UTC")
    return folder
