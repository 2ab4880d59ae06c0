import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.files.blobs import BlobStore, remove_leftovers, sha256_of, sha256_of_file, write_whole


def test_bytes_are_kept_under_their_hash_and_once(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path, ".bin")
    name = blobs.put(b"face")
    assert name == sha256_of(b"face") == sha256_of_file(blobs.path(name))
    written_at = blobs.path(name).stat().st_mtime_ns
    assert blobs.put(b"face") == name
    assert blobs.path(name).stat().st_mtime_ns == written_at
    assert blobs.read(name) == b"face"


@pytest.mark.parametrize("name", ["../../etc/passwd", "AB" * 32, "ab" * 31, ""])
def test_a_name_that_is_no_hash_leads_nowhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="64 lower-case hex digits"):
        BlobStore(tmp_path).path(name)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    write_whole(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("db.files.blobs.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"old")]


def test_what_killed_writers_left_is_removed_and_what_is_being_written_stays(
    tmp_path: Path,
) -> None:
    left, writing, blob = (tmp_path / name for name in (".aside-old", ".aside-new", "blob"))
    for path in (left, writing, blob):
        path.write_bytes(b"x")
    for path in (left, blob):
        os.utime(path, (0, 0))
    assert remove_leftovers(tmp_path, before=datetime(2020, 1, 1, tzinfo=UTC)) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".aside-new", "blob"]
