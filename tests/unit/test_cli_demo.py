from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tasveer_tui.cli.demo import _demo_settings
from tasveer_tui.settings import load

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_demo_uses_its_own_broker_and_says_so_where_another_one_is_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server: Any = SimpleNamespace(endpoint_url="http://127.0.0.1:1", bucket="tasveer-demo")
    mine = load({}, {"TASVEER_BROKER": "amqp://u:secret@rabbit.example/"})
    settings = _demo_settings(mine, server, tmp_path)
    assert settings.ingest.broker == ""
    said = capsys.readouterr().err
    assert "embedded" in said
    assert "secret" not in said
