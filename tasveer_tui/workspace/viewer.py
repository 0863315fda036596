"""A picture in the system's own program, out of a temporary file that goes with this program."""

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
"""Openers hand the file on and end; one that still runs then shows it itself."""
_EXTENSIONS: Final = {"jpeg": "jpg", "tiff": "tif"}
_DOWNLOAD_REMEDY: Final = "Download it, and open it where there is a screen."


class ImageViewer:
    """Writes pictures into a folder that nobody else may read, and has them shown. Thread-safe."""

    def __init__(self) -> None:
        """Nothing is made before the first picture."""
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._count = 0

    @staticmethod
    def program() -> str:
        """The program that opens files as a person's desktop would; empty where there is none."""
        if sys.platform == "darwin":
            return shutil.which("open") or ""
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            return ""
        return shutil.which("xdg-open") or ""

    def show(self, pieces: Iterable[bytes], format_: str) -> Iterator[int]:
        """Write a picture of this format, then open it; gives the bytes written so far.

        The format as `Record.format` tells it, by the content: the desktop goes by the file's
        ending, and a key could have any. Leave the iterator to stop. Raises UsageError.
        """
        program = self.program()
        if not program:
            raise UsageError("There is no program here that shows a picture.", _DOWNLOAD_REMEDY)
        if not format_.isalnum():
            raise UsageError("Nothing is known to show this with.", "Download it instead.")
        path = self._path(_EXTENSIONS.get(format_, format_))
        is_shown = False
        try:
            with path.open("xb") as file:
                for piece in pieces:
                    file.write(piece)
                    yield file.tell()
            _open_file(program, path)
            is_shown = True
        except OSError as error:
            raise UsageError(
                f"{path} could not be shown: {error.strerror or error}.", _DOWNLOAD_REMEDY
            ) from error
        finally:
            if not is_shown:
                path.unlink(missing_ok=True)

    def _path(self, ending: str) -> Path:
        with self._lock:
            try:
                self._folder = self._folder or Path(tempfile.mkdtemp(prefix="tasveer-tui-"))
            except OSError as error:
                raise UsageError(
                    f"There is no room for a temporary file: {error.strerror}.", "Set TMPDIR."
                ) from error
            self._count += 1
            return self._folder / f"picture-{self._count}.{ending}"

    def close(self) -> None:
        """Remove the pictures."""
        with self._lock:
            folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _open_file(program: str, path: Path) -> None:
    # In a session of its own: leaving this program must not close the picture.
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
        # Take note of its end, whenever that is.
        threading.Thread(target=opener.wait, name="viewer", daemon=True).start()
        return
    if code:
        raise UsageError(
            f"{Path(program).name} could not show the picture (exit code {code}).", _DOWNLOAD_REMEDY
        )


# A whole object, piece by piece, so that fetching it can be watched and stopped.

CHUNK_BYTES: Final = 1 << 20
"""Bytes per request: a second at 8 Mbit/s."""


def fetch_chunks(fetch: Fetch, ref: ObjectRef) -> Iterator[bytes]:
    """Its bytes in order; each step is a request. Raises what `fetch` raises."""
    at = 0
    while at < ref.size_bytes:
        chunk = fetch(at, min(CHUNK_BYTES, ref.size_bytes - at))
        if not chunk.data:
            raise ObjectEmptyError(f"{ref.key} ended early.", "List the prefix again.")
        at += len(chunk.data)
        yield chunk.data
