"""What the tests of the screens share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import textual._wait

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.jobs import EngineProcess
from tests.support import catalogue_factory
from tests.support.screen_snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """An empty one."""
    catalogue = Catalogue(tmp_path / "jobs.db")
    yield catalogue
    catalogue.close()


@pytest.fixture
def engine_starts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No engine process: the test acts as the engine. Lists the calls that would start one."""
    calls: list[str] = []
    monkeypatch.setattr(EngineProcess, "ensure_running", lambda _: calls.append("ensure"))
    return calls


@pytest.fixture
def short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Browse load, count and filter at once instead of after a pause of the user."""
    for name in (
        "ingest_sheet.ESTIMATE_DELAY_S",
        "ingest_state_loader.LOAD_DELAY_S",
        "inspect_controller.INSPECT_DELAY_S",
        "navigator.LIST_DELAY_S",
        "seek.SEEK_DELAY_S",
        "selection_controller.COUNT_DELAY_S",
    ):
        monkeypatch.setattr(f"tasveer_tui.ui.browse.{name}", 0.01)


@pytest.fixture(scope="module")
def db(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with `COUNT` images, a constant of the test module."""
    path = tmp_path_factory.mktemp("images") / "catalogue.db"
    catalogue_factory.filled_catalogue(path, request.module.COUNT).close()
    return path


@pytest.fixture
def clean_library_state(db: Path) -> None:
    """What the test before left remembered of the Library."""
    (db.parent / "state" / "library.json").unlink(missing_ok=True)


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a pressed key wait 5 ms for the app to become idle, not Textual's 20 ms, twice a key.

    For tests that wait for what they assert with `wait_until`.
    """
    monkeypatch.setattr(textual._wait, "SLEEP_GRANULARITY", 1 / 200)
    monkeypatch.setattr(textual._wait, "SLEEP_IDLE", 1 / 4000)


@pytest.fixture
def snapshots() -> Iterator[Callable[[str], Snapshots]]:
    """Makes `Snapshots` by story; fails the test if any of them differs from its file."""
    stories: list[Snapshots] = []

    def make(story: str) -> Snapshots:
        stories.append(Snapshots(story))
        return stories[-1]

    yield make
    if differences := [text for story in stories for text in story.differences]:
        pytest.fail("\n".join(differences), pytrace=False)
