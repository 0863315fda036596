"""The broker's address, and the names of its queues.

Never imports Celery: the program's own process uses this module, too.
"""

from __future__ import annotations

import logging
import re
from typing import Final
from urllib.parse import urlsplit

SCAN_QUEUE: Final = "tasveer.scan"
READ_QUEUE: Final = "tasveer.read"
REPLY_QUEUE_PREFIX: Final = "tasveer.record."

BROKER_URL_VARIABLE: Final = "TASVEER_ENGINE_BROKER"
"""Passes the broker's URL to the engine; an environment does not show in process lists."""

LOCKED_EXIT_CODE: Final = 75
"""The engine's exit code if another engine holds the catalogue."""

LEASE_S: Final = 300.0
"""Work without a reply counts as lost after this time, if no message waits in the queues."""

BATCH_DEADLINE_S: Final = 180.0
"""Objects of a batch that were not started within this time go back to the ledger."""

_USERINFO: Final = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^\s/@]*:[^\s/]*@", re.IGNORECASE)


def reply_queue_name(catalogue_id: str) -> str:
    """The queue that only the engine of this catalogue consumes."""
    return f"{REPLY_QUEUE_PREFIX}{catalogue_id}"


def mask_passwords(text: str) -> str:
    """Replace the user and password of every URL in `text` by `**`."""
    return _USERINFO.sub(r"\g<scheme>**:**@", text)


def broker_address(url: str) -> str:
    """Host and port for messages; never the user, the password or the virtual host."""
    try:
        parts = urlsplit(url.split(";", maxsplit=1)[0])
        host, port = parts.hostname or "localhost", parts.port
    except ValueError:
        return "the given address"
    return f"{host}:{port}" if port else host


def url_scheme(url: str) -> str:
    """The URL's scheme with its colon; of other text, too little to contain a secret."""
    scheme, colon, _ = url.partition("://")
    return f"{scheme[:20]}{colon}" if colon else url[:3]


class MaskedFormatter(logging.Formatter):
    """Formats log records, also those of other packages, with passwords masked."""

    def format(self, record: logging.LogRecord) -> str:
        """Format as usual, then mask."""
        return mask_passwords(super().format(record))
