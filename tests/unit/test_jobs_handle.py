from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import CatalogueReadOnlyError
from tasveer_tui.jobs import Engine, handle
from tests.parts.sites import eventually

if TYPE_CHECKING:
    from pathlib import Path


def test_a_handle_does_nothing_until_it_is_asked(tmp_path: Path) -> None:
    engine = Engine(tmp_path / "c.sqlite", log=tmp_path / "engine.log")

    assert not engine.is_running()
    assert engine.problem() == ""
    engine.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["db", "log"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, what: str) -> None:
    (tmp_path / "file").write_text("in the way")
    paths = {"db": tmp_path / "c.sqlite", "log": tmp_path / "engine.log"}
    paths[what] = tmp_path / "file" / "deeper" / "x"
    engine = Engine(paths["db"], log=paths["log"])

    with pytest.raises(CatalogueReadOnlyError, match="cannot be started"):
        engine.ensure()

    assert not engine.is_running()
    assert engine.problem() == ""


def test_an_engine_that_breaks_is_told_with_its_log_and_started_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "engine.log"
    engine = Engine(tmp_path / "c.sqlite", log=log)
    monkeypatch.setattr(handle.sys, "executable", "/bin/false")
    engine.ensure()

    problem = eventually(lambda: not engine.is_running() and engine.problem())
    assert problem == f"The engine ended unexpectedly (exit status 1); see {log}."
    engine.ensure()
    assert not engine.is_running()

    monkeypatch.undo()
    eventually(lambda: engine.ensure() or engine.is_ready())
    assert engine.problem() == ""
    engine.close()


def test_a_large_log_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handle, "LOG_BYTES", 10)
    log = tmp_path / "engine.log"
    log.write_text("from yesterday")
    engine = Engine(tmp_path / "c.sqlite", log=log)

    engine.ensure()
    engine.close()

    assert (tmp_path / "engine.log.1").read_text() == "from yesterday"
    assert "yesterday" not in log.read_text()
