from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tasveer_tui.cli.demo import _demo_settings
from tasveer_tui.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_demo_ignores_a_configured_broker_and_reports_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server: Any = SimpleNamespace(endpoint_url="http://127.0.0.1:1", bucket="tasveer-demo")
    mine = load({}, {"TASVEER_BROKER": "amqp://u:secret@rabbit.example/"})
    settings = _demo_settings(mine, server, tmp_path)
    assert settings.ingest.broker == ""
    output = capsys.readouterr().err
    assert "does not use the configured broker" in output
    assert "secret" not in output
