"""MRW, Minolta's raw: blocks, of which one is a TIFF structure."""

import struct
from typing import Final

from tasveer_tui.exif.budget import Meter
from tasveer_tui.exif.containers.telling import tell, words
from tasveer_tui.exif.found import Block, Found
from tasveer_tui.exif.ranges import Source

_HEADER = 8
_MOST_BLOCKS = 64
_PICTURE: Final = struct.Struct(">8s4H3B4xB")
_BALANCE: Final = struct.Struct(">4B4H")


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate. The first length spans all blocks."""
    end = min(_HEADER + int.from_bytes(source.read(4, 4), "big"), source.size_bytes)
    at = _HEADER
    for _ in range(_MOST_BLOCKS):
        if at + _HEADER > end:
            break
        meter.plan_entries(1)
        head = source.read(at, _HEADER)
        length = int.from_bytes(head[4:], "big")
        _block(head[:4], source.part(at + _HEADER, length), found)
        at += _HEADER + length
    if at > source.size_bytes:
        found.truncated("The object ends inside an MRW block.")


def _block(name: bytes, block: Source, found: Found) -> None:
    if name == b"\0TTW":
        found.blocks.append(Block(block))
    elif name == b"\0PRD" and block.size_bytes >= _PICTURE.size:
        firmware, *numbers = _PICTURE.unpack(block.read(0, _PICTURE.size))
        found.height, found.width = numbers[2], numbers[3]
        names = ("SensorHeight", "SensorWidth", "ImageHeight", "ImageWidth")
        more = ("RawDepth", "BitDepth", "StorageMethod", "BayerPattern")
        tell(found, "MinoltaRaw", {"FirmwareID": words(firmware)})
        tell(found, "MinoltaRaw", dict(zip((*names, *more), numbers, strict=True)))
    elif name == b"\0WBG" and block.size_bytes >= _BALANCE.size:
        numbers = list(_BALANCE.unpack(block.read(0, _BALANCE.size)))
        tell(found, "MinoltaRaw", {"WBScale": numbers[:4], "WB_RGGBLevels": numbers[4:]})
