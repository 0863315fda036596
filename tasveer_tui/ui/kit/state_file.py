"""Small JSON files in which screens keep their state. Blocks."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write(folder: Path, name: str, state: Mapping[str, Any]) -> None:
    """Write a file atomically. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{name}.{os.getpid()}"
    draft.write_text(json.dumps(state, indent=1), encoding="utf-8")
    draft.replace(folder / name)
