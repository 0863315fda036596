"""The cache of painted objects."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from tasveer_tui.demo.painter import (
    PaintedObject,
    cache_path,
    load_cached,
    open_cache_writer,
)

if TYPE_CHECKING:
    from pathlib import Path

OBJECTS = [
    PaintedObject(f"a/{n}.jpg", bytes([n]) * 5000, "image/jpeg", 1.5e9 + n) for n in range(3)
]


def _write(path: Path) -> None:
    with open_cache_writer(path) as put:
        for painted in OBJECTS:
            put(painted)


def test_cached_objects_are_loaded(tmp_path: Path) -> None:
    path, found = tmp_path / "new" / "demo-1.bucket", []
    _write(path)
    assert load_cached(path, found.append, 3)
    assert found == OBJECTS


def test_a_missing_cache_is_not_an_error(tmp_path: Path) -> None:
    assert not load_cached(tmp_path / "demo-1.bucket", pytest.fail, 3)


@pytest.mark.parametrize("length", [2, 100, 5_100, 15_000])
def test_a_truncated_cache_is_not_used(tmp_path: Path, length: int) -> None:
    path = tmp_path / "demo-1.bucket"
    _write(path)
    path.write_bytes(path.read_bytes()[:length])
    assert not load_cached(path, pytest.fail, 3)


def test_failed_painting_leaves_no_file(tmp_path: Path) -> None:
    def paint_badly() -> None:
        with open_cache_writer(tmp_path / "demo-1.bucket") as put:
            put(OBJECTS[0])
            raise RuntimeError("out of paint")

    with pytest.raises(RuntimeError):
        paint_badly()
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_cache_is_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    _write(tmp_path / "file" / "demo-1.bucket")


def test_caches_of_old_versions_and_stale_files_are_removed(tmp_path: Path) -> None:
    for name in ("demo-0.bucket", "demo-0.77.part", "demo-1.88.part", "other.txt"):
        (tmp_path / name).write_text("old")
    os.utime(tmp_path / "demo-0.77.part", (0, time.time() - 7200))
    _write(tmp_path / "demo-1.bucket")
    assert {path.name for path in tmp_path.iterdir()} == {
        "demo-1.bucket",
        "demo-1.88.part",
        "other.txt",
    }


def test_the_path_is_in_the_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_path() == cache_path()
    assert cache_path().is_relative_to(tmp_path) or os.uname().sysname == "Darwin"
