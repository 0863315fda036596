"""GIF: a header, and extensions that hold comments, XMP and colour profiles."""

from typing import Final

from tasveer_tui.exif.budget import KIB, Meter
from tasveer_tui.exif.containers.telling import tell, words
from tasveer_tui.exif.found import Found
from tasveer_tui.exif.ranges import Memory, Source

_HEADER = 13
_IMAGE_HEAD = 10
_HAS_MAP = 0x80
_IMAGE, _EXTENSION, _END = 0x2C, 0x21, 0x3B
_COMMENT, _APPLICATION = 0xFE, 0xFF
_XMP: Final = b"XMP DataXMP"
_ICC: Final = b"ICCRGBG1012"
_LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_APPLICATION_HEAD = 12
_FAR = 256 * KIB
"""Behind this nothing more is looked for: it would cost all pixels to go there."""
_MOST_BLOCKS = 20_000
_LARGEST = 512 * KIB
_XMP_TRAILER = 257
"""So written that a program that knows nothing of XMP finds an end."""


class _Gif:
    """One GIF, block by block."""

    def __init__(self, source: Source, found: Found, meter: Meter) -> None:
        self.source = source
        self.found = found
        self.meter = meter
        self.left = _MOST_BLOCKS

    def run(self) -> None:
        """To the end, or as far as it is worth."""
        at = self.header()
        while 0 < at < _FAR:
            mark = self.source.read(at, 2)
            if mark[:1] == bytes((_EXTENSION,)):
                at = self.extension(mark[-1], at + 2)
            elif mark[:1] == bytes((_IMAGE,)):
                at = self.image(at)
            else:
                if mark[:1] != bytes((_END,)):
                    self.found.truncated("The GIF ends before its end mark.")
                return
        if at > 0:
            self.found.remark("What lies behind the GIF's first pictures was left unread.")

    def header(self) -> int:
        """Where the first block begins; -1 where there is none."""
        head = self.source.read(0, _HEADER)
        if len(head) < _HEADER:
            self.found.truncated("The GIF ends inside its header.")
            return -1
        width, height = (int.from_bytes(head[at : at + 2], "little") for at in (6, 8))
        self.found.width, self.found.height = width, height
        flags = head[10]
        tell(self.found, "GIF", {"GIFVersion": words(head[3:6])})
        facts = {
            "ImageWidth": width,
            "ImageHeight": height,
            "HasColorMap": flags >> 7,
            "ColorResolutionDepth": (flags >> 4 & 7) + 1,
            "BitsPerPixel": (flags & 7) + 1,
            "BackgroundColor": head[11],
        }
        tell(self.found, "GIF", facts)
        return _HEADER + _colours(flags)

    def image(self, at: int) -> int:
        """A picture: its pixels are hopped over."""
        head = self.source.read(at, _IMAGE_HEAD)
        if len(head) < _IMAGE_HEAD:
            self.found.truncated("The GIF ends inside a picture's header.")
            return -1
        return self.skip(at + _IMAGE_HEAD + 1 + _colours(head[-1]))

    def extension(self, label: int, at: int) -> int:
        """A comment, an application's own, or one about pixels."""
        if label == _COMMENT:
            text, following = self.gather(at)
            tell(self.found, "File", {"Comment": words(text)})
            return following
        head = self.source.read(at, _APPLICATION_HEAD)
        if label != _APPLICATION or head[:1] != b"\x0b":
            return self.skip(at)
        at += _APPLICATION_HEAD
        if head[1:] == _XMP:
            return self.packet(at)
        if head[1:] not in (_ICC, *_LOOPS):
            return self.skip(at)
        data, following = self.gather(at)
        if head[1:] == _ICC:
            self.found.icc.append(Memory(data))
        elif len(data) >= 3 and data[0] & 7 == 1:  # noqa: PLR2004 - a kind and a number
            loops = int.from_bytes(data[1:3], "little")
            tell(self.found, "GIF", {"AnimationIterations": loops})
        return following

    def packet(self, at: int) -> int:
        """XMP stands as it is; read as blocks, its text leads to the end of the trailer."""
        following = self.skip(at)
        length = following - at - _XMP_TRAILER - 1
        if following > 0 and length > 0:
            self.found.xmp.append(self.source.part(at, length))
        return following

    def gather(self, at: int) -> tuple[bytes, int]:
        """The data of the blocks from `at`, and where they end; -1 where they do not."""
        parts: list[bytes] = []
        size = 0
        while size < _LARGEST and (length := self.block(at)) > 0:
            parts.append(self.source.read(at + 1, length))
            at += 1 + length
            size += length
        return b"".join(parts), at + 1 if length == 0 else -1

    def skip(self, at: int) -> int:
        """Where the blocks from `at` end; -1 where they do not within reach."""
        while at < _FAR and (length := self.block(at)) > 0:
            at += 1 + length
        if at >= _FAR:
            return at
        return at + 1 if length == 0 else -1

    def block(self, at: int) -> int:
        """The length of the block at `at`: 0 behind the last one, -1 where the object ends."""
        self.left -= 1
        head = self.source.read(at, 1)
        if not head or self.left < 0:
            self.found.truncated("The GIF ends inside its blocks.")
            return -1
        return head[0]


def _colours(flags: int) -> int:
    """The bytes of a colour table."""
    return 3 << (flags & 7) + 1 if flags & _HAS_MAP else 0


def locate(source: Source, found: Found, meter: Meter) -> None:
    """See containers.Locate."""
    _Gif(source, found, meter).run()
    meter.check_cpu()
