"""A picture's pixels, decoded in a child process so that a bad picture cannot harm this one."""

import struct
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from tasveer_tui.errors import ImageError
from tasveer_tui.exif.helper import Helper, HelperError, HelperTimeoutError

_TIMEOUT_S = 10.0
_HEADER: Final = struct.Struct(">II")
_UNDECODED = "The embedded picture cannot be decoded."
_NO_HEIF: Final = (
    "This thumbnail is HEIC, which needs a decoder.",
    "Install it: pip install 'tasveer-tui[heif]'",
)


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture, row by row from the top left, three bytes a pixel."""

    width: int
    height: int
    rgb: bytes


class Pictures:
    """Decodes pictures, one at a time, in a child that is kept. Thread-safe."""

    def __init__(self) -> None:
        """Nothing is started until the first picture."""
        self._helper = Helper("picture", ("PIL", "pillow_heif"), timeout_s=_TIMEOUT_S)

    def decode(self, data: bytes, width: int, height: int, orientation: int = 1) -> Pixels:
        """The picture in `data`, no larger than `width` × `height` pixels.

        JPEG, PNG, WebP, PPM, AVIF, and HEIC with the `heif` extra. It keeps its ratio, is never
        enlarged, and is turned upright if `orientation` is EXIF's. Blocks for some milliseconds,
        the first time for some 100, at most 10 s. Raises ImageError.
        """
        box = {"width": width, "height": height, "orientation": orientation}
        try:
            answer = self._helper.ask(box, data, _HEADER.size + 3 * width * height)
        except HelperTimeoutError as error:
            raise ImageError("Decoding the picture took too long and was stopped.") from error
        except HelperError as error:
            if str(error) == "heif":
                raise ImageError(*_NO_HEIF) from error
            raise ImageError(_UNDECODED) from error
        return _unpacked(answer)

    def close(self) -> None:
        """End the child."""
        self._helper.close()


def decode(data: bytes, width: int, height: int, orientation: int = 1) -> Pixels:
    """One picture, with a child of its own. See Pictures."""
    with closing(Pictures()) as pictures:
        return pictures.decode(data, width, height, orientation)


def _unpacked(output: bytes) -> Pixels:
    if len(output) < _HEADER.size:
        raise ImageError(_UNDECODED)
    width, height = _HEADER.unpack_from(output)
    rgb = output[_HEADER.size :]
    if len(rgb) != 3 * width * height:
        raise ImageError(_UNDECODED)
    return Pixels(width, height, rgb)
