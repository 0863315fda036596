"""What a terminal makes of pictures that are sent to it: Kitty's commands and Sixel, decoded."""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import dataclass

_COMMAND = re.compile(r"\x1b_G([^;\x1b]*);?([^\x1b]*)\x1b\\")
_SIXEL = re.compile(r'\x1bP0;1q"1;1;(\d+);(\d+)([^\x1b]*)\x1b\\')
_SIXEL_TOKEN = re.compile(r"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)([?-~])|([?-~])|([$-])")


@dataclass(frozen=True)
class DecodedImage:
    """A picture as the terminal has it."""

    number: int
    width: int
    height: int
    rgb: bytes
    columns: int = 0
    rows: int = 0


def decode_kitty(written: str) -> dict[int, DecodedImage]:
    """The images that were handed over and not deleted again, by number."""
    images: dict[int, DecodedImage] = {}
    head: dict[str, str] = {}
    data = ""
    for controls, payload in _COMMAND.findall(written):
        said = dict(one.split("=") for one in controls.split(","))
        assert len(payload) <= 4096
        assert said["q"] == "2"  # no answer, which the program would take for keys
        if said.get("a") == "d":
            images.pop(int(said["i"]), None)
            continue
        if "a" in said:
            head, data = said, ""
        data += payload
        if said["m"] == "0":
            number = int(head["i"])
            rgb = zlib.decompress(base64.standard_b64decode(data))
            width, height, columns, rows = (int(head[name]) for name in "svcr")
            assert (head["a"], head["U"], head["f"], head["o"]) == ("T", "1", "24", "z")
            assert len(rgb) == 3 * width * height
            images[number] = DecodedImage(number, width, height, rgb, columns, rows)
    return images


def decode_sixels(written: str) -> list[DecodedImage]:
    """Every Sixel picture in what was written."""
    return [_decode_sixel(int(w), int(h), body) for w, h, body in _SIXEL.findall(written)]


def _decode_sixel(width: int, height: int, body: str) -> DecodedImage:
    assert "".join(match[0] for match in _SIXEL_TOKEN.finditer(body)) == body
    palette: dict[int, bytes] = {}
    pixels = [[b"???"] * width for _ in range(height)]
    x = top = colour = 0
    for match in _SIXEL_TOKEN.finditer(body):
        index, red, green, blue, selected, count, run, single, move = match.groups()
        if index:
            palette[int(index)] = bytes(int(c) * 255 // 100 for c in (red, green, blue))
        elif selected:
            colour = int(selected)
        elif move:
            x, top = 0, top + 6 * (move == "-")
        else:
            times, bits = int(count or 1), ord(run or single) - 63
            for bit in range(6):
                if bits >> bit & 1:
                    pixels[top + bit][x : x + times] = [palette[colour]] * times
            x += times
            assert x <= width
    return DecodedImage(0, width, height, b"".join(b"".join(row) for row in pixels))
