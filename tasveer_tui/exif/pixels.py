"""A picture's pixels, decoded in a child process so that a bad picture cannot harm this one."""

import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tasveer_tui.errors import ImageError

_TIMEOUT_S = 10.0
_HEADER: Final = struct.Struct(">II")
_CHILD: Final = Path(__file__).with_name("decode.py")
"""Run as a file: it needs nothing of the package, whose import would double its time."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture, row by row from the top left, three bytes a pixel."""

    width: int
    height: int
    rgb: bytes


def decode(data: bytes, width: int, height: int, orientation: int = 1) -> Pixels:
    """The picture in `data` (JPEG, PNG, WebP), no larger than `width` × `height` pixels.

    It keeps its ratio, is never enlarged, and is turned upright if `orientation` is EXIF's.
    Blocks for some 100 ms, at most 10 s. Raises ImageError.
    """
    command = [sys.executable, "-I", str(_CHILD), *map(str, (width, height, orientation))]
    try:
        done = subprocess.run(  # noqa: S603 - our own file, numbers as arguments
            command, input=data, capture_output=True, timeout=_TIMEOUT_S, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise ImageError("Decoding the picture took too long and was stopped.") from error
    except (subprocess.CalledProcessError, OSError) as error:
        raise ImageError("The embedded picture cannot be decoded.") from error
    return _unpacked(done.stdout)


def _unpacked(output: bytes) -> Pixels:
    if len(output) < _HEADER.size:
        raise ImageError("The embedded picture cannot be decoded.")
    width, height = _HEADER.unpack_from(output)
    rgb = output[_HEADER.size :]
    if len(rgb) != 3 * width * height:
        raise ImageError("The embedded picture cannot be decoded.")
    return Pixels(width, height, rgb)
