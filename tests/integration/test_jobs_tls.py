"""A job through a broker that speaks TLS alone and asks for a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasveer_tui.errors import BrokerError
from tasveer_tui.jobs import check_broker
from tasveer_tui.records import JobState
from tests.support.engine_harness import EngineHarness, put_photos
from tests.support.rabbitmq import PASSWORD, RabbitMQNode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.range_server import RangeServer

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]


def test_a_job_runs_through_a_broker_that_requires_client_certificates(
    tmp_path: Path, range_server: RangeServer, rabbitmq: RabbitMQNode
) -> None:
    pem, authority = rabbitmq.tls, rabbitmq.authority
    files = {"cacertfile": authority, "certfile": pem, "keyfile": pem}
    with EngineHarness(tmp_path, range_server, rabbitmq.tls_url(**files)) as engine_harness:
        put_photos(engine_harness.server, 100)
        engine_harness.worker()
        job = engine_harness.ingest()
        assert (job.state, job.ok, engine_harness.images()) == (JobState.DONE, 100, 100)
        assert len(engine_harness.engine.report().workers) == 1
        assert PASSWORD not in engine_harness.log.read_text() + engine_harness.worker_log()

    for url, why in (
        (rabbitmq.tls_url("127.0.0.1", **files), "IP address mismatch"),
        (rabbitmq.tls_url(certfile=pem, keyfile=pem), "certificate verify failed"),
        (rabbitmq.tls_url(cacertfile=authority), "cannot be reached"),
        (rabbitmq.tls_url(**files).replace(PASSWORD, "wrong"), "cannot be reached"),
    ):
        with pytest.raises(BrokerError, match=why) as reported:
            check_broker(url)
        assert PASSWORD not in str(reported.value)
