"""What the tests against servers share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from tasveer_tui.jobs import supervisor
from tasveer_tui.records import Access
from tasveer_tui.s3 import S3
from tests.support import fast_timing
from tests.support.rabbitmq import rabbitmq

__all__ = ["rabbitmq"]

OpenS3: TypeAlias = Callable[[Access], S3]


@pytest.fixture(autouse=True)
def fast_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines that these tests start give up waiting sooner."""
    monkeypatch.setattr(supervisor, "ENGINE", fast_timing.ENGINE)


@pytest.fixture
def open_s3() -> Iterator[OpenS3]:
    """Opens S3 with short timeouts and one attempt; closes it afterwards."""
    made: list[S3] = []

    def open_one(access: Access) -> S3:
        made.append(S3(access, timeout_s=2, tries=1))
        return made[-1]

    yield open_one
    for each in made:
        each.close()
