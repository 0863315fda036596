"""Opens a picture in the system's own program, from a temporary file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tasveer_tui.errors import ObjectEmptyError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasveer_tui.exif import Fetch
    from tasveer_tui.records import ObjectRef

_OPEN_TIMEOUT_S: Final = 5.0
"""Openers mostly pass the file on and end; one that runs longer shows it itself."""
_EXTENSIONS: Final = {"jpeg": "jpg", "tiff": "tif"}
_DOWNLOAD_REMEDY: Final = "Download it, and open it on a computer with a screen."


class ImageViewer:
    """Writes pictures into a private temporary folder and opens them. Thread-safe."""

    def __init__(self) -> None:
        """Create nothing yet."""
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._count = 0

    @staticmethod
    def program() -> str:
        """The path of the desktop's opener; empty if there is none."""
        if sys.platform == "darwin":
            return shutil.which("open") or ""
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            return ""
        return shutil.which("xdg-open") or ""

    def show(self, chunks: Iterable[bytes], format_: str) -> Iterator[int]:
        """Write a picture, then open it; yields the bytes written so far.

        `format_` is `Record.format`: the desktop goes by the file's extension, and a key may have
        any. Close the iterator to stop. Raises UsageError.
        """
        program = self.program()
        if not program:
            raise UsageError("No program that shows pictures was found.", _DOWNLOAD_REMEDY)
        if not format_.isalnum():
            raise UsageError("The format of this picture is unknown.", "Download it instead.")
        path = self._new_path(_EXTENSIONS.get(format_, format_))
        is_shown, size_bytes = False, 0
        try:
            with path.open("xb") as file:
                for chunk in chunks:
                    size_bytes += file.write(chunk)
                    yield size_bytes
            _open_file(program, path)
            is_shown = True
        except OSError as error:
            raise UsageError(
                f"{path} cannot be shown: {error.strerror or error}.", _DOWNLOAD_REMEDY
            ) from error
        finally:
            if not is_shown:
                path.unlink(missing_ok=True)

    def _new_path(self, extension: str) -> Path:
        with self._lock:
            try:
                self._folder = self._folder or Path(tempfile.mkdtemp(prefix="tasveer-tui-"))
            except OSError as error:
                raise UsageError(
                    f"A temporary folder cannot be created: {error.strerror}.", "Set TMPDIR."
                ) from error
            self._count += 1
            return self._folder / f"picture-{self._count}.{extension}"

    def close(self) -> None:
        """Remove the pictures."""
        with self._lock:
            folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _open_file(program: str, path: Path) -> None:
    # In its own session: quitting this program must not close the picture.
    opener = subprocess.Popen(  # noqa: S603 - the system's opener, and a name of our own
        [program, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = opener.wait(_OPEN_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        # Reap it when it ends.
        threading.Thread(target=opener.wait, name="viewer", daemon=True).start()
        return
    if code:
        raise UsageError(
            f"{Path(program).name} failed to show the picture (exit code {code}).", _DOWNLOAD_REMEDY
        )


CHUNK_BYTES: Final = 1 << 20
"""Bytes per request: a second at 8 Mbit/s."""


def fetch_chunks(fetch: Fetch, ref: ObjectRef) -> Iterator[bytes]:
    """Yield an object's bytes in order, one request each. Raises what `fetch` raises."""
    at = 0
    while at < ref.size_bytes:
        chunk = fetch(at, min(CHUNK_BYTES, ref.size_bytes - at))
        if not chunk.data:
            raise ObjectEmptyError(
                f"{ref.key} is shorter than it was listed.", "List the prefix again."
            )
        at += len(chunk.data)
        yield chunk.data
