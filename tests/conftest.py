"""Isolates every test from the machine: no AWS configuration, no settings, an empty home."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.support.property_examples import examples
from tests.support.range_server import range_server
from tests.support.seaweedfs import seaweed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["range_server", "seaweed"]

_CLEARED_PREFIXES = ("AWS_", "TASVEER_", "XDG_", "NO_COLOR", "COLORTERM", "TEXTUAL")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


hypothesis.settings.register_profile("project", max_examples=examples(100), deadline=None)
hypothesis.settings.load_profile("project")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `bin/test --fast` leaves out by its folder."""
    for item in items:
        folder = item.path.parent.name
        if folder == "integration":
            item.add_marker("server")
        elif folder == "ui" and item.get_closest_marker("asyncio"):
            item.add_marker("screen")


@pytest.fixture(scope="session")
def home_dirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home folders of the tests, numbered here because pytest lists a folder to number one."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def home(home_dirs: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, and an environment without the developer's settings."""
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
