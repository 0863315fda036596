from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui import child_process
from tasveer_tui.errors import CatalogueReadOnlyError
from tasveer_tui.jobs import EngineProcess, supervisor
from tests.support.engine_harness import wait_for_value

if TYPE_CHECKING:
    from pathlib import Path


def test_a_supervisor_starts_nothing_until_asked(tmp_path: Path) -> None:
    engine = EngineProcess(tmp_path / "c.sqlite", log=tmp_path / "engine.log")

    assert not engine.is_running()
    assert engine.problem() == ""
    engine.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["db", "log"])
def test_an_unwritable_location_is_reported(tmp_path: Path, what: str) -> None:
    (tmp_path / "file").write_text("in the way")
    paths = {"db": tmp_path / "c.sqlite", "log": tmp_path / "engine.log"}
    paths[what] = tmp_path / "file" / "deeper" / "x"
    engine = EngineProcess(paths["db"], log=paths["log"])

    with pytest.raises(CatalogueReadOnlyError, match="cannot be started"):
        engine.ensure_running()

    assert not engine.is_running()
    assert engine.problem() == ""


def test_a_crashed_engine_is_reported_with_its_log_and_restarted_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "engine.log"
    engine = EngineProcess(tmp_path / "c.sqlite", log=log)
    monkeypatch.setattr(child_process.sys, "executable", "/bin/false")
    engine.ensure_running()

    problem = wait_for_value(lambda: not engine.is_running() and engine.problem())
    assert problem == f"The engine ended unexpectedly (exit status 1); see {log}."
    engine.ensure_running()
    assert not engine.is_running()

    monkeypatch.undo()
    wait_for_value(lambda: engine.ensure_running() or engine.report().is_ready)
    assert engine.problem() == ""
    engine.close()


def test_a_large_log_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "MAX_LOG_BYTES", 10)
    log = tmp_path / "engine.log"
    log.write_text("from yesterday")
    engine = EngineProcess(tmp_path / "c.sqlite", log=log)

    engine.ensure_running()
    engine.close()

    assert (tmp_path / "engine.log.1").read_text() == "from yesterday"
    assert "yesterday" not in log.read_text()
