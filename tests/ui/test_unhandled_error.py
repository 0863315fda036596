"""An unexpected error: one sentence on the terminal, the traceback in the log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.support.app_harness import open_app

if TYPE_CHECKING:
    from pathlib import Path


def _fail() -> None:
    raise RuntimeError("\x1b[2Jboom")


async def test_an_unhandled_error_prints_one_sentence_and_logs_the_traceback(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.ERROR)
    with pytest.raises(RuntimeError):  # noqa: PT012 - the app ends with its context
        async with open_app(tmp_path / "catalogue.sqlite", "browse") as (app, pilot):
            app.call_later(_fail)
            await pilot.pause()
    output = capsys.readouterr().err
    assert "unexpected RuntimeError: ␛[2Jboom" in output
    assert "Traceback" not in output
    assert app.return_code == 1
    assert "Traceback" in caplog.text
