"""Settings from options, environment and file, as one typed tree that the entry points read once.

Precedence: command line, `TASVEER_SECTION_NAME` in the environment, `settings.toml` in the
platform's configuration folder, default.
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

_NO_DEFAULT_BUCKET = "`ingest` has no default bucket; name one: tasveer-tui ingest s3://bucket"
_RETIRED = {
    "s3.default_bucket": _NO_DEFAULT_BUCKET,
    "s3.default_bucket_unsigned": _NO_DEFAULT_BUCKET,
}
"""Settings of earlier versions → what replaces them."""


class S3Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach S3. An empty value means: as the AWS command line does."""

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    no_sign_request: bool = False
    request_payer: bool = False
    addressing_style: str = "auto"
    """auto, path or virtual."""
    ca_bundle: str = ""


class IngestSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How jobs run."""

    broker: str = ""
    """AMQP URL; empty: jobs run in this machine's engine without a broker."""
    concurrency: int = 128
    """Objects that the engine reads at once if there is no broker."""
    request_price: float = 0.0004
    """US dollars per 1,000 GET requests, for estimates."""
    maker_notes: bool = True
    """Whether maker notes are read; needs the extra `makernotes`."""


class ScreenSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the screens look."""

    theme: str = ""
    ascii: bool = False
    """Draw symbols and frames in ASCII only."""
    images: bool = True
    graphics: Literal["blocks", "kitty", "sixel"] = "blocks"
    """How thumbnails are drawn; kitty and sixel need a terminal that supports them."""
    refresh_hz: float = 5.0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings."""

    s3: S3Settings = S3Settings()
    ingest: IngestSettings = IngestSettings()
    screen: ScreenSettings = ScreenSettings()
    keys: dict[str, str] = {}
    """Command id → comma-separated keys that replace its default keys."""
    db: str = ""
    """Path of the catalogue file; empty: in the platform's data folder."""

    def access(self) -> Access:
        """How to reach S3, as a value without secrets."""
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
        """Path of the catalogue file."""
        return Path(self.db).expanduser() if self.db else data_dir() / "catalogue.sqlite"


def config_path() -> Path:
    """Path of the settings file; `TASVEER_CONFIG` overrides it."""
    if named := os.environ.get("TASVEER_CONFIG"):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path(APP_NAME) / "settings.toml"


def data_dir() -> Path:
    """Default folder of the catalogue."""
    from platformdirs import user_data_path

    return user_data_path(APP_NAME)


def state_dir() -> Path:
    """Folder of logs and other disposable files."""
    from platformdirs import user_state_path

    return user_state_path(APP_NAME)


def load(
    options: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """Load the settings.

    `options` are the values from the command line by dotted name (`s3.profile`); None: not given.
    Raises UsageError with the name of an unknown or invalid setting.
    """
    tree = _read_file(config_path())
    _check_names(tree)
    _overlay(tree, _from_environment(os.environ if environ is None else environ))
    _overlay(tree, {name: v for name, v in (options or {}).items() if v is not None})
    try:
        settings = msgspec.convert(tree, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"Invalid setting: {error}.",
            f"Correct it in {config_path()} or in the TASVEER_… environment variables.",
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
            f"Cannot read the settings file {path}: {error}.", "Correct it or move it away."
        ) from error


def _sections() -> dict[str, tuple[str, ...]]:
    """Names of the settings per section; "" is the top level."""
    return {
        "": ("db",),
        "s3": S3Settings.__struct_fields__,
        "ingest": IngestSettings.__struct_fields__,
        "screen": ScreenSettings.__struct_fields__,
    }


def _check_names(tree: Mapping[str, Any]) -> None:
    """Raise UsageError for a misspelt setting instead of ignoring it."""
    known = [f"{s}.{n}" if s else n for s, names in _sections().items() for n in names]
    for name, value in tree.items():
        if name == "keys":
            continue
        dotted_names = [f"{name}.{n}" for n in value] if isinstance(value, dict) else [name]
        for dotted in dotted_names:
            if dotted not in known:
                raise UsageError(
                    f"There is no setting {dotted} ({config_path()}).", _hint(dotted, known)
                )


def _hint(name: str, known: list[str]) -> str:
    if name in _RETIRED:
        return f"Remove it: {_RETIRED[name]}"
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known settings: {', '.join(known)}."


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """`TASVEER_DB`, `TASVEER_S3_PROFILE`, `TASVEER_INGEST_BROKER`… by dotted name.

    `TASVEER_BROKER` is short for `TASVEER_INGEST_BROKER`.
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
    """Check what the types cannot express."""
    if settings.s3.addressing_style not in {"auto", "path", "virtual"}:
        raise UsageError(
            f"Unknown addressing style {settings.s3.addressing_style!r}.",
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
        # The URL may contain a password, so the message does not repeat it.
        raise UsageError(f"The {what} is not valid.", f"Write {schemes[0]}://host:port.")
