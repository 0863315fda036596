"""The options that every command takes, and the workspace that they describe."""

from __future__ import annotations

import functools
import logging
import logging.handlers
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from tasveer_tui.errors import UsageError
from tasveer_tui.settings import Settings, load, state_dir

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasveer_tui.workspace import Workspace

P = ParamSpec("P")
R = TypeVar("R")

MAX_LOG_BYTES = 2_000_000

_OPTIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("--db", "db", {"metavar": "PATH", "help": "The catalogue's file."}),
    (
        "--broker",
        "ingest.broker",
        {"metavar": "URL", "help": "An AMQP broker; without one, an embedded one is used."},
    ),
    ("--profile", "s3.profile", {"help": "A profile of the aws configuration."}),
    ("--region", "s3.region", {"help": "The bucket's region."}),
    ("--endpoint-url", "s3.endpoint_url", {"metavar": "URL", "help": "An S3 other than AWS."}),
    (
        "--no-sign-request",
        "s3.no_sign_request",
        {"is_flag": True, "default": None, "help": "Go without credentials (public buckets)."},
    ),
    (
        "--request-payer",
        "s3.request_payer",
        {
            "is_flag": False,
            "flag_value": "requester",
            "default": None,
            "type": click.Choice(["requester"]),
            "help": "You pay for the requests.",
        },
    ),
    (
        "--addressing-style",
        "s3.addressing_style",
        {"type": click.Choice(["auto", "path", "virtual"]), "help": "How buckets are addressed."},
    ),
    ("--ca-bundle", "s3.ca_bundle", {"metavar": "PATH", "help": "Certificates to trust."}),
)


def with_settings(
    command: Callable[Concatenate[Settings, P], R],
) -> Callable[P, R]:
    """Give the command every shared option; it receives the settings that result."""

    @functools.wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        said = {}
        for flag, dotted, _ in _OPTIONS:
            value = kwargs.pop(flag.lstrip("-").replace("-", "_"))
            said[dotted] = bool(value) if dotted == "s3.request_payer" and value else value
        settings = load(said)
        return command(settings, *args, **kwargs)

    for flag, _, attributes in reversed(_OPTIONS):
        wrapper = click.option(flag, **attributes)(wrapper)
    return wrapper


def open_workspace(settings: Settings) -> Workspace:
    """The workspace that the settings describe; nothing is opened yet."""
    from tasveer_tui.workspace import Workspace, WorkspaceOptions

    workspace = Workspace(
        WorkspaceOptions(
            db=settings.db_path(),
            state_dir=state_dir(),
            broker_url=settings.ingest.broker,
            access=settings.access(),
            concurrency=settings.ingest.concurrency,
            request_price=settings.ingest.request_price,
            maker_notes=settings.ingest.maker_notes,
        )
    )
    workspace.on_upgrade = _print_upgrade
    return workspace


def _print_upgrade(size_bytes: int) -> None:
    from tasveer_tui.workspace.upgrade import upgrade_text

    if text := upgrade_text(size_bytes):
        click.echo(text, err=True)


def parse_uri(text: str) -> tuple[str, str]:
    """`s3://bucket/key` or `bucket` → bucket and key or prefix. Raises UsageError."""
    bucket, _, key = text.removeprefix("s3://").partition("/")
    if not bucket or "://" in text.removeprefix("s3://"):
        raise UsageError(f"{text!r} is not a place in S3.", "It looks like s3://bucket/prefix.")
    return bucket, key


def log_path() -> str:
    """The program's own log file."""
    return str(state_dir() / "tasveer-tui.log")


def start_log() -> None:
    """Log into the state folder; where that is not possible, go without."""
    root = logging.getLogger()
    if any(isinstance(h, logging.handlers.RotatingFileHandler) for h in root.handlers):
        return
    try:
        state_dir().mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            log_path(), maxBytes=MAX_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
        )
    except OSError:
        root.addHandler(logging.NullHandler())
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    # Their debug and info lines hold signed headers and URLs.
    for name in ("botocore", "boto3", "urllib3", "amqp"):
        logging.getLogger(name).setLevel(logging.WARNING)
