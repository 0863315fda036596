"""What a step of the migrations cannot say in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasveer_tui.catalogue.towns import nearest
from tasveer_tui.catalogue.towns.atlas import NOWHERE
from tasveer_tui.catalogue.words import Towns

if TYPE_CHECKING:
    import sqlite3

_AT_ONCE = 5_000
"""Images between two updates."""


def towns(connection: sqlite3.Connection) -> None:
    """Give every image with a position its town."""
    ids = Towns(connection)
    places = connection.execute("SELECT id, lat_deg, lon_deg FROM image WHERE lat_deg > -9e17")
    while some := places.fetchmany(_AT_ONCE):
        found = [(number, town) for number, *at in some if (town := nearest(*at)) != NOWHERE]
        known = ids.ids(town for _, town in found)
        connection.executemany(
            "UPDATE image SET town_id = ? WHERE id = ?",
            ((known[town], number) for number, town in found),
        )
