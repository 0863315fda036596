"""The cache of thumbnails: by version, bounded, and silent where it cannot write."""

import os
from pathlib import Path

from tasveer_tui.records import Source
from tasveer_tui.workspace.thumbnail_cache import WRITES_PER_PRUNE, ThumbnailCache

HERE, THERE = Source("", "photos"), Source("http://127.0.0.1:9", "photos")


def test_a_thumbnail_is_found_by_source_key_and_version(tmp_path: Path) -> None:
    cache = ThumbnailCache(tmp_path)
    cache.put(HERE, "a.jpg", "e1", b"jpeg")
    assert cache.get(HERE, "a.jpg", "e1") == b"jpeg"
    assert cache.get(HERE, "a.jpg", "e2") is None
    assert cache.get(THERE, "a.jpg", "e1") is None
    assert ThumbnailCache(tmp_path).get(HERE, "a.jpg", "e1") == b"jpeg"


def test_the_ones_not_asked_for_the_longest_go_first(tmp_path: Path) -> None:
    cache = ThumbnailCache(tmp_path, max_bytes=50_000)
    for number in range(WRITES_PER_PRUNE):
        cache.put(HERE, f"{number}.jpg", "e", bytes(1_000))
    for number, path in enumerate(sorted(tmp_path.glob("??/*"), key=lambda p: p.stat().st_mtime)):
        os.utime(path, (number, number))
    assert cache.get(HERE, "0.jpg", "e") is not None
    cache.put(HERE, "last.jpg", "e", bytes(1_000))
    left = sum(path.stat().st_size for path in tmp_path.glob("??/*"))
    assert left <= 50_000
    assert cache.get(HERE, "0.jpg", "e") is not None, "it was asked for just now"
    assert cache.get(HERE, "last.jpg", "e") is not None


def test_a_folder_that_cannot_be_written_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = ThumbnailCache(tmp_path / "file" / "thumbs")
    cache.put(HERE, "a.jpg", "e", b"jpeg")
    assert cache.get(HERE, "a.jpg", "e") is None


def test_hostile_keys_stay_in_the_folder(tmp_path: Path) -> None:
    cache = ThumbnailCache(tmp_path / "thumbs")
    cache.put(HERE, "../../\x00\udce9.jpg", "../e", b"jpeg")
    assert cache.get(HERE, "../../\x00\udce9.jpg", "../e") == b"jpeg"
    assert [path.name for path in tmp_path.iterdir()] == ["thumbs"]
