from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import UsageError
from tasveer_tui.settings import S3Settings, load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("TASVEER_CONFIG", str(path))
    return path


def test_without_a_file_everything_has_its_default(file: Path) -> None:
    assert not file.exists()
    settings = load({}, {})
    assert settings.s3 == S3Settings()
    assert settings.ingest.broker == ""


def test_the_command_line_beats_the_environment_and_that_beats_the_file(file: Path) -> None:
    file.write_text('[s3]\nprofile = "file"\nregion = "file"\nendpoint_url = "http://file:1"\n')
    environ = {"TASVEER_S3_PROFILE": "env", "TASVEER_S3_REGION": "env"}
    settings = load({"s3.profile": "option"}, environ)
    assert settings.s3.profile == "option"
    assert settings.s3.region == "env"
    assert settings.s3.endpoint_url == "http://file:1"


def test_an_omitted_option_changes_nothing(file: Path) -> None:
    file.write_text("[s3]\nno_sign_request = true\n")
    assert load({"s3.no_sign_request": None}, {}).s3.no_sign_request


def test_the_environment_speaks_text_and_the_types_come_out_right(file: Path) -> None:
    assert not file.exists()
    environ = {"TASVEER_INGEST_CONCURRENCY": "64", "TASVEER_S3_NO_SIGN_REQUEST": "true"}
    settings = load({}, environ)
    assert settings.ingest.concurrency == 64
    assert settings.s3.no_sign_request is True


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[s3]\nprofil = 'x'\n", "s3.profile"),
        ("[s3]\ndefault_bucket = 'photos'\n", "tasveer-tui ingest s3://bucket"),
        ("[ingest]\nconcurrency = 'many'\n", "concurrency"),
        ("[ingest]\nconcurrency = 0\n", "between 1 and 512"),
        ("not toml", "settings.toml"),
        ("[s3]\naddressing_style = 'odd'\n", "auto, path or virtual"),
        ("[s3]\nendpoint_url = 'localhost:9000'\n", "http://host:port"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_a_remedy(file: Path, content: str, named: str) -> None:
    file.write_text(content)
    with pytest.raises(UsageError, match=named):
        load({}, {})


def test_a_broker_url_that_cannot_be_understood_is_not_repeated(file: Path) -> None:
    assert not file.exists()
    with pytest.raises(UsageError) as caught:
        load({"ingest.broker": "amqp//user:secret@host"}, {})
    assert "secret" not in str(caught.value)


def test_a_catalogue_named_in_the_environment_is_used(file: Path, tmp_path: Path) -> None:
    assert not file.exists()
    assert load({}, {"TASVEER_DB": str(tmp_path / "x.sqlite")}).db_path() == tmp_path / "x.sqlite"
