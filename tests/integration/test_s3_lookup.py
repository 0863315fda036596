"""Single keys found by listing; neighbouring keys share requests."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasveer_tui.records import Access
from tasveer_tui.s3 import S3
from tasveer_tui.s3.listing import just_before
from tests.support.property_examples import examples
from tests.support.range_server import RangeServer, StoredObject

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = st.text(st.sampled_from("ab/\0\x01é\ud7ff\ue000\U0010ffff"), min_size=1, max_size=4)


@pytest.fixture
def s3(range_server: RangeServer) -> Iterator[S3]:
    with closing(S3(Access(endpoint_url=range_server.url, is_anonymous=True))) as made:
        yield made


def test_neighbours_are_found_with_few_requests(range_server: RangeServer, s3: S3) -> None:
    keys = [f"p/{number:05}.jpg" for number in range(5_000)]
    range_server.put_many("photos", keys, StoredObject(b"data", "e"))

    found = s3.find_objects("photos", keys[1000:2000])

    assert set(found.objects) == set(keys[1000:2000])
    assert all(ref and ref.key == key and ref.etag == "e" for key, ref in found.objects.items())
    assert found.requests == range_server.counts["ListObjectsV2"] <= 1000 // 25


def test_keys_far_apart_cost_one_request_each(range_server: RangeServer, s3: S3) -> None:
    keys = [f"p/{number:05}.jpg" for number in range(5_000)]
    range_server.put_many("photos", keys, StoredObject(b"data", "e"))

    found = s3.find_objects("photos", keys[::200])

    assert all(found.objects.values())
    assert found.requests == range_server.counts["ListObjectsV2"] <= 25 + 2


def test_missing_keys_are_reported(range_server: RangeServer, s3: S3) -> None:
    range_server.put("photos", "b", b"data")

    found = s3.find_objects("photos", ["a", "b", "b/", "c", "b2"])

    assert [key for key, ref in found.objects.items() if ref] == ["b"]
    assert len(found.objects) == 5


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stored=st.sets(KEYS, min_size=1, max_size=12), requested=st.sets(KEYS, max_size=12))
def test_existing_keys_are_found_among_any_keys(
    range_server: RangeServer, s3: S3, stored: set[str], requested: set[str]
) -> None:
    range_server.buckets.clear()
    range_server.put_many("photos", stored, StoredObject(b"data", "e"))
    requested |= set(list(stored)[:3])

    found = s3.find_objects("photos", sorted(requested))

    assert {key for key, ref in found.objects.items() if ref} == stored & requested
    assert set(found.objects) == requested


@given(KEYS)
def test_the_predecessor_of_a_key_sorts_before_it(key: str) -> None:
    before = just_before(key)

    assert before < key
    assert before.encode() < key.encode()
