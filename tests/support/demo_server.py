"""The demo's server, painted and started once for all tests that use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.demo import DemoServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def demo_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An XDG_CACHE_HOME for the painted bucket, shared by all tests of the run."""
    return tmp_path_factory.mktemp("demo-cache")


@pytest.fixture(scope="session")
def demo_server(demo_cache: Path) -> Iterator[DemoServer]:
    """The whole demo bucket, served."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(demo_cache))
        server = DemoServer().__enter__()
    try:
        yield server
    finally:
        server.close()
