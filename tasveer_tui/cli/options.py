"""The options that all commands share, and the workspace that they describe."""

from __future__ import annotations

import functools
import logging
import logging.handlers
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from tasveer_tui.settings import Settings, load, state_dir

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasveer_tui.workspace import Workspace

P = ParamSpec("P")
R = TypeVar("R")

MAX_LOG_BYTES = 2_000_000

_COMMON_OPTIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("--db", "db", {"metavar": "PATH", "help": "The catalogue file."}),
    (
        "--broker",
        "ingest.broker",
        {
            "metavar": "URL",
            "help": "Broker for Celery (amqp://…); without one, jobs run on this machine.",
        },
    ),
    ("--profile", "s3.profile", {"help": "Profile in the AWS configuration."}),
    ("--region", "s3.region", {"help": "Region of the bucket."}),
    (
        "--endpoint-url",
        "s3.endpoint_url",
        {"metavar": "URL", "help": "Endpoint of an S3-compatible service."},
    ),
    (
        "--no-sign-request",
        "s3.no_sign_request",
        {"is_flag": True, "default": None, "help": "Send unsigned requests (public buckets)."},
    ),
    (
        "--request-payer",
        "s3.request_payer",
        {
            "is_flag": False,
            "flag_value": "requester",
            "default": None,
            "type": click.Choice(["requester"]),
            "help": "Confirm that you pay for the requests.",
        },
    ),
    (
        "--addressing-style",
        "s3.addressing_style",
        {"type": click.Choice(["auto", "path", "virtual"]), "help": "Bucket addressing style."},
    ),
    ("--ca-bundle", "s3.ca_bundle", {"metavar": "PATH", "help": "CA certificates to trust (PEM)."}),
)


def with_settings(command: Callable[Concatenate[Settings, P], R]) -> Callable[P, R]:
    """Add the common options to a command and pass it the resulting settings first.

    An option of the command wins over the same option of its group (`jobs --db A list --db B`).
    """

    @functools.wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return command(load(_group_options() | _pop_common_options(kwargs)), *args, **kwargs)

    return _add_common_options(wrapper)


def with_common_options(group: Callable[P, R]) -> Callable[P, R]:
    """Let a group accept the common options before the name of its command."""

    @functools.wraps(group)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        click.get_current_context().obj = _pop_common_options(kwargs)
        return group(*args, **kwargs)

    return _add_common_options(wrapper)


def _add_common_options(function: Callable[P, R]) -> Callable[P, R]:
    for flag, _, attributes in reversed(_COMMON_OPTIONS):
        function = click.option(flag, **attributes)(function)
    return function


def _pop_common_options(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Remove the common options from `kwargs`; returns those given, by dotted setting name."""
    given = {}
    for flag, setting, _ in _COMMON_OPTIONS:
        value = kwargs.pop(flag.lstrip("-").replace("-", "_"))
        if value is not None:
            given[setting] = bool(value) if setting == "s3.request_payer" else value
    return given


def _group_options() -> dict[str, Any]:
    context = click.get_current_context(silent=True)
    return (context.find_object(dict) if context else None) or {}


def open_workspace(settings: Settings, *, creates_catalogue: bool = False) -> Workspace:
    """Return the workspace that the settings describe; its parts open when they are first used.

    Commands that only read leave `creates_catalogue` off: a missing file is then a CatalogueError.
    """
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
            creates_catalogue=creates_catalogue,
        )
    )
    workspace.on_upgrade = _print_upgrade
    return workspace


def _print_upgrade(size_bytes: int) -> None:
    from tasveer_tui.workspace import upgrade_text

    if text := upgrade_text(size_bytes):
        click.echo(text, err=True)


def log_path() -> str:
    """The path of the program's log file."""
    return str(state_dir() / "tasveer-tui.log")


def start_log() -> None:
    """Log to a file in the state folder, or nowhere if that folder cannot be written."""
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
    # Their debug and info messages contain signed headers and URLs.
    for name in ("botocore", "boto3", "urllib3", "amqp"):
        logging.getLogger(name).setLevel(logging.WARNING)
