"""The parser of ListObjectsV2 responses: valid, invalid and hostile ones."""

from __future__ import annotations

from xml.parsers.expat import ExpatError

import pytest

from tasveer_tui.records import ObjectRef, Page
from tasveer_tui.s3.listing import _pages_after, parse_page

NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


def _body(inside: str, *, truncated: str = "false") -> bytes:
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><ListBucketResult {NAMESPACE}>"
        f"<IsTruncated>{truncated}</IsTruncated>{inside}</ListBucketResult>"
    ).encode()


def _ref(key: str) -> ObjectRef:
    return ObjectRef(key, 1)


def test_a_page_has_its_objects_and_prefixes_in_order() -> None:
    page, token = parse_page(
        _body(
            "<NextContinuationToken>abc=</NextContinuationToken>"
            "<Contents><Key>a &amp; b</Key><LastModified>2024-02-29T12:00:00.500Z</LastModified>"
            "<ETag>&quot;d41d-3&quot;</ETag><Size>12</Size><StorageClass>GLACIER</StorageClass>"
            "<Owner><ID>x</ID><DisplayName>y</DisplayName></Owner></Contents>"
            "<Contents><Key>c</Key><Size>0</Size></Contents>"
            "<CommonPrefixes><Prefix>d/</Prefix></CommonPrefixes>",
            truncated="true",
        )
    )
    assert page.objects == (
        ObjectRef("a & b", 12, "d41d-3", 1709208000.5, "GLACIER"),
        ObjectRef("c", 0, "", 0.0, "STANDARD"),
    )
    assert page == Page(("d/",), page.objects, "d/", is_last=False)
    assert token == "abc="


def test_names_are_decoded_only_with_an_encoding_type() -> None:
    rows = (
        "<Contents><Key>a+b%2Bc%0A%F0%9F%8F%94</Key><Size>1</Size></Contents>"
        "<CommonPrefixes><Prefix>%5Bx%5D+/</Prefix></CommonPrefixes>"
    )
    page, _ = parse_page(_body(f"{rows}<EncodingType>url</EncodingType>"))
    assert page.objects[0].key == "a b+c\n🏔"
    assert page.prefixes == ("[x] /",)
    plain, _ = parse_page(_body(rows))
    assert plain.objects[0].key == "a+b%2Bc%0A%F0%9F%8F%94"


def test_a_token_that_is_a_listed_name_is_the_cursor_in_any_order() -> None:
    rows = (
        "<NextContinuationToken>a-b</NextContinuationToken>"
        "<Contents><Key>a-b</Key><Size>1</Size></Contents>"
        "<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>"
    )
    assert parse_page(_body(rows, truncated="true"))[0].cursor == "a-b"


def test_an_empty_listing_is_an_empty_last_page() -> None:
    assert parse_page(_body("")) == (Page(), "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Welcome</body></html>",
        b"<ListBucketResult><Cont",
        _body("<Contents><Key>a</Key><Size>many</Size></Contents>"),
        b"\xff\xfe\x00",
    ],
)
def test_an_invalid_listing_is_rejected(body: bytes) -> None:
    with pytest.raises((ExpatError, ValueError)):
        parse_page(body)


def test_a_document_type_is_rejected_before_entities_expand() -> None:
    bomb = b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>" + _body("&b;")[40:]
    with pytest.raises(ValueError, match="document type"):
        parse_page(bomb)


def test_an_unordered_listing_continues_after_the_cursor() -> None:
    pages = [
        Page((), (_ref("z"), _ref("b")), "z", is_last=False),
        Page((), (_ref("m"), _ref("c")), "m", is_last=False),
        Page((), (_ref("a"),), "a", is_last=True),
    ]

    def keys(cursor: str) -> list[list[str]]:
        return [[ref.key for ref in page.objects] for page in _pages_after(iter(pages), cursor)]

    assert keys("") == [["z", "b"], ["m", "c"], ["a"]]
    assert keys("z") == [["m", "c"], ["a"]]
    assert keys("m") == [["a"]]
    assert keys("a") == [[]]
    assert keys("b") == [[], ["m", "c"], ["a"]]
