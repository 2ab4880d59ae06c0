import fcntl
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from db.files.blobs import BlobStore, sha256_of
from db.files.staged_blobs import (
    AsideBlob,
    aside_folder,
    blobs_at_rest,
    dead_aside,
    keep_aside,
    put_aside,
    sweep_aside,
    sync_all,
)


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "crops", ".png")


def test_a_blob_is_there_once_it_is_kept(tmp_path: Path, store: BlobStore) -> None:
    with aside_folder(tmp_path / "aside") as folder:
        blob = put_aside(folder, store, b"pixels")
        assert not store.path(blob.sha256).exists()
        keep_aside(folder, [blob])
        assert blob.sha256 == sha256_of(b"pixels")
        assert store.read(blob.sha256) == b"pixels"


def test_bytes_that_the_store_has_are_not_written_again(tmp_path: Path, store: BlobStore) -> None:
    sha256 = store.put(b"pixels")
    with aside_folder(tmp_path / "aside") as folder:
        assert put_aside(folder, store, b"pixels") == AsideBlob(sha256, None, store.path(sha256))
        assert list(folder.iterdir()) == []


def test_the_same_bytes_twice_are_one_blob(tmp_path: Path, store: BlobStore) -> None:
    with aside_folder(tmp_path / "aside") as folder:
        blobs = [put_aside(folder, store, b"pixels") for _ in range(2)]
        keep_aside(folder, blobs)
    assert [path.name for path in store.folder.rglob("*.png")] == [f"{sha256_of(b'pixels')}.png"]


def test_the_same_bytes_may_be_kept_in_two_turns(tmp_path: Path, store: BlobStore) -> None:
    with aside_folder(tmp_path / "aside") as folder:
        first, second = (put_aside(folder, store, b"pixels") for _ in range(2))
        keep_aside(folder, [first])
        keep_aside(folder, [second])
    assert store.read(first.sha256) == b"pixels"


def test_what_is_not_kept_is_removed_at_the_end(tmp_path: Path, store: BlobStore) -> None:
    with aside_folder(tmp_path / "aside") as folder:
        put_aside(folder, store, b"pixels")
    assert [path.name for path in (tmp_path / "aside").iterdir()] == ["lock"]
    assert not store.folder.exists()


def _die_at_work(parent: Path) -> None:
    with aside_folder(parent) as folder:
        (folder / "half").write_bytes(b"x")
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_dead_process_left_is_removed_and_what_is_at_work_stays(tmp_path: Path) -> None:
    dead = multiprocessing.get_context("spawn").Process(target=_die_at_work, args=(tmp_path,))
    dead.start()
    dead.join(30)
    assert len(list(tmp_path.glob("*/half"))) == 1
    with aside_folder(tmp_path) as mine:
        assert list(tmp_path.glob("*/half")) == []
        assert sweep_aside(tmp_path) == 0
        assert mine.is_dir()


def test_what_a_version_before_left_is_told_by_the_file_that_it_locked(tmp_path: Path) -> None:
    dead, at_work = (tmp_path / name for name in ("4f0c-dead", "4f0c-at-work"))
    for folder in (dead, at_work):
        folder.mkdir()
        (folder / "lock").touch()
    with (at_work / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert dead_aside(tmp_path) == [dead]
        assert sweep_aside(tmp_path) == 1
        with blobs_at_rest(tmp_path) as at_rest:
            assert not at_rest
        assert sorted(tmp_path.iterdir()) == [at_work, tmp_path / "lock"]
    assert sweep_aside(tmp_path) == 1
    with blobs_at_rest(tmp_path) as at_rest:
        assert at_rest


def test_flushing_one_by_one_does_the_same(
    tmp_path: Path, store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.files.staged_blobs.ctypes.CDLL", lambda *_, **__: object())
    with aside_folder(tmp_path / "aside") as folder:
        keep_aside(folder, [put_aside(folder, store, b"pixels")])
    assert store.read(sha256_of(b"pixels")) == b"pixels"
    with pytest.raises(FileNotFoundError, match="gone"):
        sync_all(tmp_path, [tmp_path / "gone"])
