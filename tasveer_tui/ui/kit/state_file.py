"""What the screens remember in small JSON files. Blocks."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write(folder: Path, name: str, said: Mapping[str, Any]) -> None:
    """Write a file; a half-written one is never left behind. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{name}.{os.getpid()}"
    draft.write_text(json.dumps(said, indent=1), encoding="utf-8")
    draft.replace(folder / name)
