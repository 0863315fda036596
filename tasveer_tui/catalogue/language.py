"""The search language in examples, for help screens and the manual. Light to import."""

from __future__ import annotations

from typing import Final

SYNTAX: Final[tuple[tuple[str, str], ...]] = (
    ("canon", "in any text of a tag, or in the key; case and accents do not count"),
    ('"eiffel tower"', "the words together; quotes also make *, ?, and, or mean themselves"),
    ("canon night", "both; a space means AND"),
    ("canon OR nikon", "one of them; AND, OR, NOT in upper or lower case"),
    ("-canon", "not; also NOT canon and -(canon or nikon)"),
    ("camera:canon", "the field's text contains it; numbers and words equal it"),
    ('camera="canon eos 6d"', "equals; also !=, <, <=, >, >="),
    ("iso!=100", "has another ISO; -iso:100 also finds pictures without any"),
    ("iso:100..400", "from to, both included; also 100.. and ..400"),
    ("iso:(100, 200, 800)", "one of a list"),
    ("name:IMG_*.jpg", "the whole text, * any characters and ? one"),
    ("lens:/^ef.*(macro|art)/", "a regular expression, found anywhere in the text"),
    ("has:gps", "is present; -has:gps is absent"),
    ("shutter<=1/250", "or 0.004, 2s; values that cameras round are equal within 1 %"),
    ("size>5MB", "B, kB, MB, GB, and KiB, MiB, GiB; alt<100m, focal:50mm, f:2.8"),
    ("taken:2019-05", "the whole month; 2019 the year, 2019-05-04T10:11 the minute"),
    ("taken:last 30d", "h, d, w, m, y back from today; also today, yesterday"),
    ("near:48.8584,2.2945,5km", "within a radius; bbox:south,west,north,east a box"),
    ("place:paris", "the town at the position; country:france or country:FR its country"),
    ("orientation:portrait", "landscape, square or panorama, as the picture is shown"),
    ("dup:yes", "the same ETag and size elsewhere"),
    ("exif.ExposureProgram=2", "any tag; also gps. xmp. iptc. maker. file. and IFD1."),
    ("@night", "the saved search of this name; search --save night … saves it"),
    ("order by camera, taken desc", "at the end; pictures without a value come last"),
)
"""Each construct once: what is typed, and what it means."""
