"""Lists of keys for the programs that copy them: aws, rclone and s5cmd."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tasveer_tui.catalogue.export.tabular import CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from tasveer_tui.catalogue.export.images import Images, Label
    from tasveer_tui.records import Image

_SPECIAL_PARTS = ("", ".", "..")


def write_aws(stream: TextIO, images: Images, _label: Label) -> None:
    """A shell script that copies each object into the folder in which it is run."""
    _write(stream, images, _aws)


def write_rclone(stream: TextIO, images: Images, _label: Label) -> None:
    """`bucket/key` on each line, for `rclone copy remote: … --files-from-raw FILE`.

    The raw kind, as rclone cuts spaces and reads `#` as a remark in the other.
    """
    _write(stream, images, lambda image: f"{image.source.bucket}/{image.ref.key}")


def write_s5cmd(stream: TextIO, images: Images, _label: Label) -> None:
    """A `cp` on each line, for `s5cmd run FILE`; `--raw`, as keys may hold `*` and `?`."""
    _write(stream, images, _s5cmd)


def _write(stream: TextIO, images: Images, line: Callable[[Image], str]) -> None:
    """A line an object; a key that would break its line cannot be told and is left out."""
    for image in images.each(with_tags=False):
        if CONTROL.search(image.ref.key):
            images.left_out += 1
        else:
            stream.write(f"{line(image)}\n")


def _aws(image: Image) -> str:
    words = ["aws", "s3", "cp"]
    if image.source.endpoint:
        words += ["--endpoint-url", image.source.endpoint]
    return shlex.join([*words, "--", image.source.uri(image.ref.key), _file(image)])


def _s5cmd(image: Image) -> str:
    return shlex.join(["cp", "--raw", image.source.uri(image.ref.key), _file(image)])


def _file(image: Image) -> str:
    """A path below the present folder, whatever the key says: no `..`, no root, no option."""
    parts = image.ref.key.split("/")
    safe = "/".join("_" if part in _SPECIAL_PARTS else part for part in parts)
    return f"./{image.source.bucket}/{safe}"
