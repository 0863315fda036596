"""What a look at the broker says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BrokerReport:
    """A broker that answered."""

    url: str
    """The user and password are masked."""
    workers: tuple[str, ...] = ()
    """Names of the workers that answered in time."""
