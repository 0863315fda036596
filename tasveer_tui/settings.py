"""Options, environment and file → one typed tree, read once by the entry points.

A setting comes from the command line, else from `TASVEER_SECTION_NAME` in the environment,
else from `settings.toml` in the platform's configuration folder, else it has its default.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import msgspec

from tasveer_tui.errors import UsageError
from tasveer_tui.records import MAX_CONCURRENT_READS, Access

if TYPE_CHECKING:
    from collections.abc import Mapping

APP_NAME = "tasveer-tui"


class S3Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach S3; empty means as the aws command line would."""

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    no_sign_request: bool = False
    request_payer: bool = False
    addressing_style: str = "auto"
    """auto, path or virtual."""
    ca_bundle: str = ""
    default_bucket: str = "waldo-recruiting"
    """What `ingest` reads when no place is named."""
    default_bucket_unsigned: bool = True


class IngestSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the engine works."""

    broker: str = ""
    """An AMQP URL; empty means the embedded broker."""
    concurrency: int = 128
    """Objects read at the same time by the embedded engine."""
    request_price: float = 0.0004
    """US dollars per 1,000 GET requests, for estimates."""
    maker_notes: bool = True
    """Whether cameras' own notes are read; that needs the makernotes extra."""


class ScreenSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the program looks."""

    theme: str = ""
    ascii: bool = False
    """Marks and frames in ASCII only."""
    images: bool = True
    graphics: Literal["blocks", "kitty", "sixel"] = "blocks"
    """How thumbnails of the contact sheet are drawn; the latter two only where they are known."""
    refresh_hz: float = 5.0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole tree."""

    s3: S3Settings = S3Settings()
    ingest: IngestSettings = IngestSettings()
    screen: ScreenSettings = ScreenSettings()
    keys: dict[str, str] = {}
    """Command id → keys, comma-separated, instead of the ones it comes with."""
    db: str = ""
    """The catalogue's file; empty means the platform's data folder."""

    def access(self) -> Access:
        """How to reach S3, as a value that holds no secret."""
        s3 = self.s3
        return Access(
            profile=s3.profile,
            region=s3.region,
            endpoint_url=s3.endpoint_url,
            is_anonymous=s3.no_sign_request,
            requester_pays=s3.request_payer,
            addressing_style=s3.addressing_style,
            ca_bundle=s3.ca_bundle,
        )

    def db_path(self) -> Path:
        """Where the catalogue is."""
        return Path(self.db).expanduser() if self.db else data_dir() / "catalogue.sqlite"


def config_path() -> Path:
    """The settings file; `TASVEER_CONFIG` names another one."""
    if named := os.environ.get("TASVEER_CONFIG"):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path(APP_NAME) / "settings.toml"


def data_dir() -> Path:
    """Where the catalogue lives unless said otherwise."""
    from platformdirs import user_data_path

    return user_data_path(APP_NAME)


def state_dir() -> Path:
    """Where logs and other things that may be deleted live."""
    from platformdirs import user_state_path

    return user_state_path(APP_NAME)


def load(
    options: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Read the settings.

    `options` holds what the command line said, by dotted name (`s3.profile`); None values
    were not said. Raises UsageError with the name of whatever cannot be understood.
    """
    tree = _read_file(config_path())
    _check_names(tree)
    _overlay(tree, _from_environment(os.environ if environ is None else environ))
    _overlay(tree, {name: v for name, v in (options or {}).items() if v is not None})
    try:
        settings = msgspec.convert(tree, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"A setting cannot be used: {error}.", f"See {config_path()} and TASVEER_… variables."
        ) from error
    _check_values(settings)
    return settings


def _read_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"The settings file {path} cannot be read: {error}.", "Mend it or move it away."
        ) from error


def _sections() -> dict[str, tuple[str, ...]]:
    """Names of the settings in each table; "" is the top level."""
    return {
        "": ("db",),
        "s3": S3Settings.__struct_fields__,
        "ingest": IngestSettings.__struct_fields__,
        "screen": ScreenSettings.__struct_fields__,
    }


def _check_names(tree: Mapping[str, Any]) -> None:
    """Refuse a misspelt setting by name instead of ignoring it."""
    known = [f"{s}.{n}" if s else n for s, names in _sections().items() for n in names]
    for name, value in tree.items():
        if name == "keys":
            continue
        found = [f"{name}.{inner}" for inner in value] if isinstance(value, dict) else [name]
        for dotted in found:
            if dotted not in known:
                near = difflib.get_close_matches(dotted, known, n=1)
                hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
                raise UsageError(f"There is no setting {dotted} ({config_path()}).", hint)


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`TASVEER_DB`, `TASVEER_S3_PROFILE`, `TASVEER_INGEST_BROKER`… by dotted name.

    `TASVEER_BROKER` is the short form of the one that is set most.
    """
    values = {}
    for section, names in _sections().items():
        for name in names:
            variable = "_".join(filter(None, ("TASVEER", section.upper(), name.upper())))
            if variable in environ:
                values[f"{section}.{name}" if section else name] = environ[variable]
    if "TASVEER_BROKER" in environ:
        values.setdefault("ingest.broker", environ["TASVEER_BROKER"])
    return values


def _overlay(tree: dict[str, Any], values: Mapping[str, Any]) -> None:
    for dotted, value in values.items():
        section, _, name = dotted.rpartition(".")
        (tree.setdefault(section, {}) if section else tree)[name] = value


def _check_values(settings: Settings) -> None:
    """What the types alone do not say."""
    if settings.s3.addressing_style not in {"auto", "path", "virtual"}:
        raise UsageError(
            f"There is no addressing style {settings.s3.addressing_style!r}.",
            "Use auto, path or virtual.",
        )
    if not 1 <= settings.ingest.concurrency <= MAX_CONCURRENT_READS:
        raise UsageError(f"ingest.concurrency must be between 1 and {MAX_CONCURRENT_READS}.")
    _check_url("endpoint URL", settings.s3.endpoint_url, ("http", "https"))
    _check_url("broker URL", settings.ingest.broker, ("amqp", "amqps", "redis", "rediss"))


def _check_url(what: str, url: str, schemes: tuple[str, ...]) -> None:
    if not url:
        return
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in schemes and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        is_good = False
    if not is_good:
        # The URL may hold a password: it is not repeated.
        raise UsageError(
            f"The {what} cannot be understood.", f"It looks like {schemes[0]}://host:port."
        )
