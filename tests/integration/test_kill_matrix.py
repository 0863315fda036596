"""Everybody who takes part in a job is killed once; every object ends once, in its class.

`bench/kill_matrix.py` does the same with many kills and more objects, by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.kill_harness import EMBEDDED_VICTIMS, RABBITMQ_VICTIMS, KillHarness
from tests.support.rabbitmq import RabbitMQNode, rabbitmq

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["rabbitmq"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

OBJECTS = 600


@pytest.mark.parametrize("victim", EMBEDDED_VICTIMS)
def test_a_kill_without_a_broker_loses_nothing(tmp_path: Path, victim: str) -> None:
    with KillHarness(tmp_path, victim, count=OBJECTS, latency_s=0.1) as fault_harness:
        fault_harness.begin()
        fault_harness.kill_at_random(1, longest_s=0.3)
        fault_harness.check()


@pytest.mark.broker
@pytest.mark.parametrize("victim", RABBITMQ_VICTIMS)
def test_a_kill_with_rabbitmq_loses_nothing(
    tmp_path: Path, rabbitmq: RabbitMQNode, victim: str
) -> None:
    with KillHarness(tmp_path, victim, rabbitmq, count=OBJECTS, latency_s=0.1) as fault_harness:
        fault_harness.begin()
        fault_harness.kill_at_random(1, longest_s=0.3)
        fault_harness.check()
