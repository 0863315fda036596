"""The child process that decodes a picture: encoded bytes on stdin, RGB on stdout.

It is given limits on memory, time and files before Pillow is loaded, because what it decodes is
a stranger's. Arguments: width, height, orientation. Output: width and height as two big-endian
32-bit numbers, then three bytes a pixel. It imports nothing of the project.
"""

import contextlib
import io
import struct
import sys
import warnings
from typing import Final

_MEMORY_BYTES = 1 << 29
_CPU_S = 5
_MOST_PIXELS = 64_000_000
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_ARGUMENTS = 4


def _limit() -> None:
    """Where the system has no such limits, the parent's timeout is the only one."""
    with contextlib.suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_AS, _MEMORY_BYTES),
            (resource.RLIMIT_CPU, _CPU_S),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(what, (most, most))


def _pixels(data: bytes, width: int, height: int, orientation: int) -> tuple[int, int, bytes]:
    """Width, height and RGB of the picture, turned upright and fitted."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    box = (height, width) if orientation in (5, 6, 7, 8) else (width, height)
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        image.draft("RGB", box)
        image.thumbnail(box)
        picture = image.convert("RGB")
    if orientation in turns:
        picture = picture.transpose(turns[orientation])
    return picture.width, picture.height, picture.tobytes()


def main() -> None:
    """Decode one picture; a failure is an exit code and Python's words on stderr."""
    width, height, orientation = (int(text) for text in sys.argv[1:_ARGUMENTS])
    data = sys.stdin.buffer.read()
    _limit()
    warnings.simplefilter("error")
    *size, rgb = _pixels(data, width, height, orientation)
    sys.stdout.buffer.write(struct.pack(">II", *size) + rgb)


if __name__ == "__main__":
    main()
