from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from tasveer_tui import __version__
from tasveer_tui.cli.app import group
from tasveer_tui.errors import TasveerError
from tasveer_tui.settings import IngestSettings, S3Settings, ScreenSettings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = ("README.md", "CHANGELOG.md", "ARCHITECTURE.md", "CONTRIBUTING.md")


def _commands() -> dict[str, click.Command]:
    context = click.Context(group)
    return {name: group.get_command(context, name) for name in group.list_commands(context)}  # type: ignore[misc]


def _subclasses(base: type[TasveerError]) -> set[type[TasveerError]]:
    return {base}.union(*(_subclasses(child) for child in base.__subclasses__()))


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) < 120


def test_the_two_commands_come_first() -> None:
    assert re.findall(r"bin/tasveer-tui (\S+)", README)[:2] == ["demo", "s3://bucket"]


def test_every_command_is_in_the_readme_and_no_other() -> None:
    named = set(re.findall(r"tasveer-tui ([a-z]+)(?![\w:/-])", README))
    assert named == set(_commands())


def test_the_jobs_commands_are_in_the_readme() -> None:
    jobs = _commands()["jobs"]
    assert isinstance(jobs, click.Group)
    said = re.search(r"tasveer-tui jobs \[([a-z,]+)\]", README)
    assert said
    assert set(said[1].split(",")) == set(jobs.commands) - {"list"}


def test_options_in_the_readme_exist() -> None:
    commands = _commands()
    for name, rest in re.findall(r"^\| `tasveer-tui ([a-z]+) ([^`]*)`", README, re.MULTILINE):
        known = {option for param in commands[name].params for option in param.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, name


def test_every_exit_code_is_in_the_readme() -> None:
    sentence = README[README.index("Exit codes:") :].split("\n\n")[0]
    codes = {error.exit_code for error in _subclasses(TasveerError)} | {0, 1, 130}
    assert {int(code) for code in re.findall(r"\d+", sentence)} - {3} == codes - {3}


@pytest.mark.parametrize(
    "section", [S3Settings, IngestSettings, ScreenSettings], ids=lambda section: section.__name__
)
def test_every_setting_is_in_the_readme(section: type[S3Settings]) -> None:
    table = section.__name__.removesuffix("Settings").lower()
    missing = [f for f in section.__struct_fields__ if f"`{table}.{f}`" not in README]
    assert not missing


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    targets = [t for t in re.findall(r"\]\(([^)#]+)\)", text) if not t.startswith("http")]
    assert not [target for target in targets if not (ROOT / target).exists()]


def test_every_script_in_the_documents_exists() -> None:
    scripts = {
        s
        for name in DOCUMENTS
        for s in re.findall(r"bin/([\w.-]+)", (ROOT / name).read_text("utf-8"))
    }
    assert not [script for script in scripts if not (ROOT / "bin" / script).exists()]


def test_the_changelog_knows_this_version() -> None:
    headings = re.findall(
        r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert headings[:2] == ["Unreleased", __version__]


def test_every_path_in_the_documents_exists() -> None:
    named = {
        path.rstrip("/")
        for name in DOCUMENTS
        for path in re.findall(
            r"`((?:tasveer_tui|tests|bench)/[\w./-]+)`", (ROOT / name).read_text("utf-8")
        )
    }
    assert not [path for path in named if "NAME" not in path and not (ROOT / path).exists()]
