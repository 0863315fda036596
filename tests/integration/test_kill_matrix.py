"""One victim of each party in a job is killed; every object ends once, in its outcome.

`test_jobs_rabbitmq.py` kills the broker. `bench/kill_matrix.py` kills every victim many times, over
more objects, by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.kill_harness import KillHarness

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.rabbitmq import RabbitMQNode

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

OBJECTS = 300
LATENCY_S = 0.1


@pytest.mark.parametrize("victim", ["engine", "reader", "tui", "s3"])
def test_a_kill_without_a_broker_loses_nothing(tmp_path: Path, victim: str) -> None:
    with KillHarness(tmp_path, victim, count=OBJECTS, latency_s=LATENCY_S) as harness:
        harness.begin()
        harness.kill_at_random(1, longest_s=0.3)
        harness.check()


@pytest.mark.broker
def test_a_kill_of_a_worker_at_rabbitmq_loses_nothing(
    tmp_path: Path, rabbitmq: RabbitMQNode
) -> None:
    with KillHarness(tmp_path, "worker", rabbitmq, count=OBJECTS, latency_s=LATENCY_S) as harness:
        harness.begin()
        harness.kill_at_random(1, longest_s=0.3)
        harness.check()
