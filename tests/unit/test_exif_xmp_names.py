"""Names and lists of XMP as other programs expect them."""

import pytest

from tasveer_tui.records import TagValue
from tests.unit.test_exif_xmp import values

SPACES = (
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" '
    'xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
    'xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" '
    'xmlns:mwg-kw="http://www.metadataworkinggroup.com/schemas/keywords/" '
    'xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" '
    'xmlns:MP="http://ns.microsoft.com/photo/1.2/" '
    'xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#" '
    'xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#" '
    'xmlns:MicrosoftPhoto="http://ns.microsoft.com/photo/1.0/" '
    'xmlns:GDepth="http://ns.google.com/photos/1.0/depthmap/" '
    'xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" '
    'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
    'xmlns:Item="http://ns.google.com/photos/1.0/container/item/" '
    'xmlns:photomechanic="http://ns.camerabits.com/photomechanic/1.0/" '
    'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" '
    'xmlns:exifEX="http://cipa.jp/exif/1.0/" '
    'xmlns:dcterms="http://purl.org/dc/terms/"'
)


def found(body: str, attributes: str = "") -> dict[str, TagValue]:
    return values(body, f"{SPACES} {attributes}")


def items(name: str, *parts: str) -> str:
    """A list of structures."""
    inside = "".join(f'<rdf:li rdf:parseType="Resource">{part}</rdf:li>' for part in parts)
    return f"<{name}><rdf:Bag>{inside}</rdf:Bag></{name}>"


def test_fields_lose_the_prefix_of_their_structure() -> None:
    title = "<Iptc4xmpExt:AOTitle>Sea</Iptc4xmpExt:AOTitle>"
    assert found(items("Iptc4xmpExt:ArtworkOrObject", title)) == {
        "XMP-iptcExt:ArtworkTitle": ["Sea"]
    }
    name = "<plus:LicensorName>A</plus:LicensorName>"
    assert found(items("plus:Licensor", name, name.replace("A", "B"))) == {
        "XMP-plus:LicensorName": ["A", "B"]
    }


def test_a_field_that_stands_alone_keeps_its_name() -> None:
    assert found("<Iptc4xmpExt:AOTitle>Sea</Iptc4xmpExt:AOTitle>") == {"XMP-iptcExt:AOTitle": "Sea"}


def test_faces_are_regions_with_a_place() -> None:
    area = '<mwg-rs:Area stArea:x="0.5" stArea:w="0.25"/>'
    face = f"<mwg-rs:Name>A</mwg-rs:Name><mwg-rs:Type>Face</mwg-rs:Type>{area}"
    body = f'<mwg-rs:Regions rdf:parseType="Resource">{items("mwg-rs:RegionList", face)}'
    assert found(f"{body}</mwg-rs:Regions>") == {
        "XMP-mwg-rs:RegionName": ["A"],
        "XMP-mwg-rs:RegionType": ["Face"],
        "XMP-mwg-rs:RegionAreaX": [0.5],
        "XMP-mwg-rs:RegionAreaW": [0.25],
    }
    person = "<MPReg:PersonDisplayName>A</MPReg:PersonDisplayName>"
    body = f'<MP:RegionInfo rdf:parseType="Resource">{items("MPRI:Regions", person)}'
    assert found(f"{body}</MP:RegionInfo>") == {"XMP-MP:RegionPersonDisplayName": ["A"]}


def test_keywords_in_keywords_have_levels() -> None:
    inner = items("mwg-kw:Children", "<mwg-kw:Keyword>Baltic</mwg-kw:Keyword>")
    outer = f"<mwg-kw:Keyword>Sea</mwg-kw:Keyword>{inner}"
    body = f'<mwg-kw:Keywords rdf:parseType="Resource">{items("mwg-kw:Hierarchy", outer)}'
    assert found(f"{body}</mwg-kw:Keywords>") == {
        "XMP-mwg-kw:HierarchicalKeywords1": ["Sea"],
        "XMP-mwg-kw:HierarchicalKeywords2": ["Baltic"],
    }


def test_what_comes_again_without_a_list_counts_once() -> None:
    areas = items("crs:RetouchAreas", "<crs:Seed>1</crs:Seed>", "<crs:Seed>2</crs:Seed>")
    assert found(areas) == {"XMP-crs:RetouchAreaSeed": 2}
    unknown = items("mine:steps", "<mine:op>a</mine:op>", "<mine:op>b</mine:op>")
    assert found(unknown) == {"XMP-mine:StepsOp": "a"}


def test_the_pictures_of_a_container_are_all_reported() -> None:
    item = '<Container:Item Item:Semantic="Primary"/>'
    body = items("Container:Directory", item, item.replace("Primary", "GainMap"))
    assert found(body) == {"XMP-Container:DirectoryItemSemantic": ["Primary", "GainMap"]}


@pytest.mark.parametrize(
    ("name", "text", "tag", "value"),
    [
        ("crs:Temperature", "5000", "XMP-crs:ColorTemperature", 5000),
        ("MicrosoftPhoto:Rating", "75", "XMP-microsoft:RatingPercent", 75),
        ("photomechanic:ColorClass", "5", "XMP-photomech:ColorClass", 5),
        ("plus:ModelReleaseStatus", "http://ns.useplus.org/ldf/vocab/MR-NON", None, "MR-NON"),
        ("GDepth:Data", "QUJDRA==", "XMP-GDepth:DepthImage", "(Binary data 4 bytes)"),
        ("GPano:UsePanoramaViewer", "True", None, "True"),
        ("exif:ColorSpace", "4294967295", None, 65535),
        ("exif:ApertureValue", "4", None, 4.0),
        ("hdrgm:Version", "1.0", None, 1.0),
        ("mine:share", "1/2", "XMP-mine:Share", 0.5),
        ("mine:SHOUT", "a", "XMP-mine:Shout", "a"),
        ("mine:a.b", "a", "XMP-mine:Ab", "a"),
        ("xmp:CreateDate", "2019-05", None, "2019:05"),
        ("xmp:CreateDate", "2019-05-04 10:11", None, "2019:05:04 10:11"),
        ("dcterms:created", "2019-05-04", "XMP-dcterms:Created", "2019-05-04"),
        ("dc:source", " a ", None, " a "),
    ],
)
def test_names_and_values_of_single_properties(
    name: str, text: str, tag: str | None, value: TagValue
) -> None:
    ((reported, kept),) = found(f"<{name}>{text}</{name}>").items()
    assert reported == (tag or reported)
    assert kept == value


def test_an_empty_list_says_nothing() -> None:
    assert found("<dc:subject><rdf:Bag/></dc:subject>") == {"XMP-dc:Subject": ""}


def test_a_lens_of_four_numbers_is_one_value() -> None:
    parts = "".join(f"<rdf:li>{part}</rdf:li>" for part in ("24/1", "70/1", "28/10", "0/0"))
    body = f"<exifEX:LensSpecification><rdf:Seq>{parts}</rdf:Seq></exifEX:LensSpecification>"
    assert found(body) == {"XMP-exifEX:LensInfo": "24 70 2.8 undef"}


def test_the_last_description_says_what_it_is_about() -> None:
    assert found("", 'about="uuid:1"') == {"XMP-rdf:About": "uuid:1"}


def test_languages_are_written_as_the_standard_does() -> None:
    body = '<dc:title><rdf:Alt><rdf:li xml:lang="EN-us">Sea</rdf:li></rdf:Alt></dc:title>'
    assert found(body) == {"XMP-dc:Title-en-US": "Sea"}
