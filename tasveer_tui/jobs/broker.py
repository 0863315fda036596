"""Which broker there is, how it is told in sentences and logs, and what its queues are called.

Never imports Celery: the program's own process uses this too.
"""

from __future__ import annotations

import logging
import re
from urllib.parse import urlsplit

SCAN_QUEUE = "tasveer.scan"
READ_QUEUE = "tasveer.read"

SCAN_TASK = "tasveer.scan"
READ_TASK = "tasveer.read"
RECORD_PAGE = "tasveer.record_page"
RECORD_BATCH = "tasveer.record_batch"
BATCH_LOST = "tasveer.batch_lost"
OBJECTS_RETURNED = "tasveer.returned"
SCAN_FAILED = "tasveer.scan_failed"
STOP_JOB = "tasveer.stop_job"
"""The tasks: two that any worker takes, six that only the engine takes."""

EMBEDDED_URL = "tasveer-memory://localhost//"
"""The queues inside the engine's own process; used where no broker is named."""

BROKER_URL_VARIABLE = "TASVEER_ENGINE_BROKER"
"""Carries the broker's URL from the program to its engine; process lists do not show it."""

LOCKED_EXIT_CODE = 75
"""An engine's exit code where another one holds the catalogue: nothing is wrong."""

LEASE_S = 300.0
"""After so long without an answer, while nothing waits in the queues, work counts as lost."""

BATCH_DEADLINE_S = 180.0
"""Objects of a batch that have not been begun by then go back to the ledger."""

_USERINFO = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)[^\s/@]*:[^\s/]*@", re.IGNORECASE)


def reply_queue_name(catalogue_id: str) -> str:
    """The queue that only the engine of this catalogue takes from."""
    return f"tasveer.record.{catalogue_id}"


def is_embedded(url: str) -> bool:
    """Whether this names no server at all."""
    return not url or url == EMBEDDED_URL


def mask_passwords(text: str) -> str:
    """`text` with the user and password of every URL in it replaced by `**`."""
    return _USERINFO.sub(r"\g<scheme>**:**@", text)


def broker_address(url: str) -> str:
    """Host and port, for sentences; never the user, the password or the virtual host."""
    try:
        parts = urlsplit(url.split(";", maxsplit=1)[0])
        host, port = parts.hostname or "localhost", parts.port
    except ValueError:
        return "the given address"
    return f"{host}:{port}" if port else host


def url_scheme(url: str) -> str:
    """The URL's scheme with its colon, or as much of nonsense as says nothing secret."""
    scheme, colon, _ = url.partition("://")
    return f"{scheme[:20]}{colon}" if colon else url[:3]


class MaskedFormatter(logging.Formatter):
    """Log lines, tracebacks too, without passwords: other packages' lines pass here as well."""

    def format(self, record: logging.LogRecord) -> str:
        """As any formatter, then masked."""
        return mask_passwords(super().format(record))
