from __future__ import annotations

import math
import random
import sqlite3
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.catalogue import Catalogue
from tasveer_tui.catalogue.search import Finder, parse
from tasveer_tui.catalogue.storage.migrations import data_steps
from tasveer_tui.catalogue.towns import Town, atlas, country_of, nearest_town
from tasveer_tui.errors import QueryError
from tests.support import catalogue_factory
from tests.support.property_examples import examples
from tests.support.sample_catalogue import NOW, SampleCatalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize(
    ("place", "town"),
    [
        ((48.8584, 2.2945), Town("Paris", "France")),
        ((48.835, 2.24), Town("Boulogne-Billancourt", "France")),
        ((-33.8568, 151.2153), Town("Sydney", "Australia")),
        ((43.7384, 7.4246), Town("Monaco", "Monaco")),
        ((64.147, -21.94), Town("Reykjavík", "Iceland")),
        ((-16.5, 179.99), Town("Labasa", "Fiji")),
        ((25.0, -40.0), Town("", "")),
        ((-90.0, 0.0), Town("", "")),
        ((90.0, 180.0), Town("", "")),
        ((91.0, 0.0), Town("", "")),
        ((math.nan, 0.0), Town("", "")),
        ((math.inf, 0.0), Town("", "")),
    ],
)
def test_the_town_of_a_position(place: tuple[float, float], town: Town) -> None:
    assert nearest_town(*place) == town


def test_the_grid_finds_what_a_look_at_every_town_finds() -> None:
    towns = atlas._atlas()
    places = [
        (lat / atlas.UNITS_PER_DEGREE, lon / atlas.UNITS_PER_DEGREE) for lat, lon in towns.points()
    ]
    dice = random.Random(3)
    for _ in range(examples(40) // 2):
        lat, lon = (part + dice.gauss(0, 0.4) for part in dice.choice(places))
        lat, lon = (round(part * 500) / 500 for part in (lat, (lon + 180) % 360 - 180))
        away = [
            atlas.distance_m(lat, lon, *place) - reach
            for place, reach in zip(places, towns.reaches_m(), strict=True)
        ]
        best = away.index(min(away))
        is_far = atlas.distance_m(lat, lon, *places[best]) > atlas.MAX_DISTANCE_M
        assert nearest_town(lat, lon) == (atlas.NOWHERE if is_far else towns.named(best))


@pytest.mark.parametrize("code", ["FR", "fr", "fra", "FRA"])
def test_countries_have_codes(code: str) -> None:
    assert country_of(code) == "France"
    assert country_of("XX") == ""
    assert country_of("uk") == "United Kingdom"


@pytest.fixture(scope="module")
def sample_catalogue() -> Iterator[SampleCatalogue]:
    made = SampleCatalogue(100)
    yield made
    made.connection.close()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("country:FR", "country:france"),
        ("country:fra", "place:paris"),
        ("country!=FR", "has:country -country=france"),
        ("country:(AU, FR)", "country:australia or country:france"),
        ('country:"FR"', "country:france"),
    ],
)
def test_a_country_goes_by_name_and_by_code(
    sample_catalogue: SampleCatalogue, text: str, same: str
) -> None:
    finder = Finder(sample_catalogue.connection, now=NOW)
    assert finder.count(parse(text)) > 0
    assert finder.ids(parse(text)) == finder.ids(parse(same))


def test_a_code_that_no_country_has_is_a_mistake() -> None:
    with pytest.raises(QueryError, match="No country has the code “QQ”") as error:
        parse("iso:100 country:QQ")
    assert error.value.column == 16


def test_the_recorder_notes_the_town(tmp_path: Path) -> None:
    catalogue = catalogue_factory.filled_catalogue(tmp_path / "c.db", 60)
    finder = Finder(catalogue.reader(), now=NOW)
    ids = finder.ids(parse("place:tokyo order by place"))
    assert ids
    assert set(finder.rows(ids, ("place", "country"))) == {("Tokyo", "Japan")}
    catalogue.close()


def test_images_from_before_get_their_towns(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    catalogue = catalogue_factory.filled_catalogue(path, 60)
    expected = _towns(catalogue)
    catalogue.close()
    with sqlite3.connect(path) as connection:  # as the step finds them
        connection.execute("UPDATE image SET town_id = 0")
        connection.execute("DELETE FROM town WHERE id > 0")
        data_steps.backfill_towns(connection)
    connection.close()
    again = Catalogue(path)
    assert _towns(again) == expected
    assert len(set(expected.values())) > 3
    assert again.check() == []
    again.close()


def _towns(catalogue: Catalogue) -> dict[int, tuple[str, str]]:
    rows = catalogue.reader().execute(
        "SELECT i.id, t.name, t.country FROM image i JOIN town t ON t.id = i.town_id"
    )
    return {number: (name, country) for number, name, country in rows}
