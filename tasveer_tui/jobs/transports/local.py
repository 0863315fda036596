"""Queues inside one process that wake their consumer at once and cost nothing while idle.

Kombu's own memory transport asks again every so often; this one waits for a message or an
acknowledgement.
"""

from __future__ import annotations

import threading
from queue import Empty
from time import monotonic
from typing import TYPE_CHECKING, Any

from kombu.transport import TRANSPORT_ALIASES, memory

from tasveer_tui.jobs.broker import EMBEDDED_URL

if TYPE_CHECKING:
    from kombu import Connection

POLL_INTERVAL_S = 0.5
"""How long a missed wake-up may go unnoticed."""


def register_transport() -> None:
    """Teach kombu the scheme of `EMBEDDED_URL`."""
    TRANSPORT_ALIASES[EMBEDDED_URL.partition(":")[0]] = f"{__name__}:Transport"


class Channel(memory.Channel):
    """A memory channel that tells when something has changed."""

    changed = threading.Event()

    def _put(self, queue: str, message: dict[str, Any], **kwargs: object) -> None:
        super()._put(queue, message, **kwargs)
        self.changed.set()

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:  # noqa: FBT001, FBT002 - kombu's own signature
        """Acknowledge: there is room for another message."""
        super().basic_ack(delivery_tag, multiple)
        self.changed.set()


class Transport(memory.Transport):
    """The memory transport over such channels."""

    Channel = Channel

    def drain_events(  # type: ignore[override]  # as virtual.Transport, not as base.Transport
        self, connection: Connection, timeout: float | None = None
    ) -> None:
        """Deliver one message; blocks until there is one.

        Raises TimeoutError after `timeout` seconds, as kombu's transports do.
        """
        del connection
        deadline = monotonic() + (float("inf") if timeout is None else timeout)
        cycle: Any = self.cycle
        while True:
            Channel.changed.clear()
            try:
                cycle.get(self._deliver, timeout=timeout)
            except Empty:
                left_s = deadline - monotonic()
                if left_s <= 0:
                    raise TimeoutError from None
            else:
                return
            Channel.changed.wait(min(left_s, POLL_INTERVAL_S))
