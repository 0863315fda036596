from __future__ import annotations

import pytest

from tasveer_tui.errors import UsageError
from tasveer_tui.location import Location, parse_location


@pytest.mark.parametrize(
    ("text", "bucket", "path"),
    [
        ("photos", "photos", ""),
        ("photos/raw", "photos", "raw"),
        ("s3://photos", "photos", ""),
        ("s3://photos/raw/2019/", "photos", "raw/2019/"),
        ("photos//x", "photos", "/x"),
        ("s3://photos/odd key ", "photos", "odd key "),
        ("s3://photos/http://x", "photos", "http://x"),
    ],
)
def test_a_location_names_a_bucket_and_a_path(text: str, bucket: str, path: str) -> None:
    assert parse_location(text) == Location(bucket, path)


@pytest.mark.parametrize("text", ["", "s3://", "https://x/y", "two words", "s3:///key", "a:b/c"])
def test_an_invalid_location_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not an S3 location\. Write BUCKET or s3://BUCKET"):
        parse_location(text)
