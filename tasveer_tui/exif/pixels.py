"""A picture's pixels, decoded in a child process so that a bad picture cannot harm this one."""

import struct
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from tasveer_tui.errors import ImageError
from tasveer_tui.exif.helper import HelperError, HelperProcess, HelperTimeoutError

_TIMEOUT_S = 10.0
_SIZE_HEADER: Final = struct.Struct(">II")
_DECODE_FAILED_MESSAGE = "The embedded picture cannot be decoded."
_HEIF_MISSING_MESSAGES: Final = (
    "This thumbnail is HEIC, which needs a decoder.",
    "Install it: pip install 'tasveer-tui[heif]'",
)


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture, row by row from the top left, three bytes a pixel."""

    width: int
    height: int
    rgb: bytes


class ImageDecoder:
    """Decodes pictures, one at a time, in a child that is kept. Thread-safe."""

    def __init__(self) -> None:
        """Nothing is started until the first picture."""
        self._process = HelperProcess("picture", ("PIL", "pillow_heif"), timeout_s=_TIMEOUT_S)

    def decode(self, data: bytes, width: int, height: int, orientation: int = 1) -> Pixels:
        """The picture in `data`, no larger than `width` × `height` pixels.

        JPEG, PNG, WebP, PPM, AVIF, and HEIC with the `heif` extra. It keeps its ratio, is never
        enlarged, and is turned upright if `orientation` is EXIF's. Blocks for some milliseconds,
        the first time for some 100, at most 10 s. Raises ImageError.
        """
        box = {"width": width, "height": height, "orientation": orientation}
        try:
            answer = self._process.request(box, data, _SIZE_HEADER.size + 3 * width * height)
        except HelperTimeoutError as error:
            raise ImageError("Decoding the picture took too long and was stopped.") from error
        except HelperError as error:
            if str(error) == "heif":
                raise ImageError(*_HEIF_MISSING_MESSAGES) from error
            raise ImageError(_DECODE_FAILED_MESSAGE) from error
        return _parse_pixels(answer)

    def close(self) -> None:
        """End the child."""
        self._process.close()


def decode(data: bytes, width: int, height: int, orientation: int = 1) -> Pixels:
    """One picture, with a child of its own. See Pictures."""
    with closing(ImageDecoder()) as pictures:
        return pictures.decode(data, width, height, orientation)


def _parse_pixels(output: bytes) -> Pixels:
    if len(output) < _SIZE_HEADER.size:
        raise ImageError(_DECODE_FAILED_MESSAGE)
    width, height = _SIZE_HEADER.unpack_from(output)
    rgb = output[_SIZE_HEADER.size :]
    if len(rgb) != 3 * width * height:
        raise ImageError(_DECODE_FAILED_MESSAGE)
    return Pixels(width, height, rgb)
