import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from curator.steps.exports.exported_file import ExportedFile, whole_file
from curator.steps.exports.streamed_zip import zip_parts

MIB = bytes(1 << 20)


def test_pictures_are_stored_and_text_is_packed(tmp_path: Path) -> None:
    files = [
        whole_file("a.png", lambda: bytes(1000)),
        whole_file("a.txt", lambda: bytes(1000)),
        ExportedFile("b.npz", lambda: iter([bytes(1000)] * 2)),
        ExportedFile("b.csv", lambda: iter([bytes(1000)] * 2)),
    ]
    (tmp_path / "out.zip").write_bytes(b"".join(zip_parts(files, "top/")))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        kinds = {entry.filename: entry.compress_type for entry in archive.infolist()}
        assert archive.read("top/b.csv") == bytes(2000)
    assert kinds == {
        "top/a.png": zipfile.ZIP_STORED,
        "top/a.txt": zipfile.ZIP_DEFLATED,
        "top/b.npz": zipfile.ZIP_STORED,
        "top/b.csv": zipfile.ZIP_DEFLATED,
    }


def test_an_empty_file_and_no_file_at_all_make_a_zip(tmp_path: Path) -> None:
    (tmp_path / "out.zip").write_bytes(b"".join(zip_parts([])))
    assert zipfile.ZipFile(tmp_path / "out.zip").namelist() == []
    empty = ExportedFile("empty.csv", lambda: iter([]))
    (tmp_path / "out.zip").write_bytes(b"".join(zip_parts([empty])))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("empty.csv") == b""


@pytest.mark.slow
def test_a_file_of_more_than_4_gib_comes_out_whole(tmp_path: Path) -> None:
    def zeros() -> Iterator[bytes]:
        return (MIB for _ in range(4_100))

    with (tmp_path / "out.zip").open("wb") as out:
        for part in zip_parts([ExportedFile("x.npy", zeros), whole_file("y.txt", b"after".strip)]):
            if part == bytes(len(part)):
                out.seek(len(part), 1)  # a hole takes no room
            else:
                out.write(part)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.getinfo("x.npy").file_size == 4_100 << 20
        assert archive.testzip() is None
        assert archive.read("y.txt") == b"after"


@pytest.mark.slow
def test_more_than_65_535_files_are_all_listed(tmp_path: Path) -> None:
    files = (whole_file(f"{number}.png", lambda: b"") for number in range(70_000))
    with (tmp_path / "out.zip").open("wb") as out:
        out.writelines(zip_parts(files))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert len(archive.namelist()) == 70_000
