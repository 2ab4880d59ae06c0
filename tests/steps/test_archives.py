import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from curator.errors import CuratorError
from curator.steps import archives
from curator.steps.archives import UnreadableFileError, opened_collection

FILES = {
    "b.JPG": b"b",
    "a/deep/2.png": b"2",
    "a/1.jpeg": b"1",
    "a/legend.csv": b"image,label",
    "notes.md": b"-",
    ".hidden.jpg": b"-",
    ".cache/x.jpg": b"-",
    "__MACOSX/._b.JPG": b"-",
    "表情/ümlaut.webp": b"u",
}
IMAGES = ["a/1.jpeg", "a/deep/2.png", "b.JPG", "表情/ümlaut.webp"]


def make_folder(folder: Path, files: Mapping[str, bytes] = FILES) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def make_zip(path: Path, files: Mapping[str, bytes] = FILES) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def issues_of(origin: Path) -> dict[str, str]:
    with opened_collection(origin) as collection:
        return {issue.item: issue.reason for issue in collection.issues}


@pytest.mark.parametrize("make", [make_folder, make_zip])
def test_images_and_tables_come_in_the_order_of_their_names_and_the_rest_in_silence(
    make: type, tmp_path: Path
) -> None:
    with opened_collection(make(tmp_path / "set")) as collection:
        assert [file.name for file in collection.images] == IMAGES
        assert [file.read() for file in collection.images] == [b"1", b"2", b"b", b"u"]
        assert [file.name for file in collection.tables] == ["a/legend.csv"]
        assert collection.issues == ()


def test_members_of_a_zip_that_would_leave_its_folder_are_refused(tmp_path: Path) -> None:
    names = ["../out.jpg", "/etc/out.jpg", "a/../../out.jpg", "C:/out.jpg", "..\\out.jpg"]
    origin = make_zip(tmp_path / "slip.zip", dict.fromkeys([*names, "in.jpg"], b"x"))
    with opened_collection(origin) as collection:
        assert [file.name for file in collection.images] == ["in.jpg"]
        assert {issue.item for issue in collection.issues} == set(names)
        assert all("would lie outside the folder" in issue.reason for issue in collection.issues)
    assert list(tmp_path.iterdir()) == [origin]


def test_links_are_refused_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    folder = make_folder(tmp_path / "set", {"in.jpg": b"x"})
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "up").symlink_to(tmp_path)
    expected = "is a link and is left out. Put the file itself in its place."
    assert issues_of(folder) == {"link.jpg": expected, "up": expected}


def test_links_are_refused_in_a_zip(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "is a link" in issues_of(tmp_path / "set.zip")["link.jpg"]


def test_an_archive_in_the_collection_is_told_of(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, {"more.zip": b"PK", "old.tar.gz": b""})
    expected = "is packed inside. Unpack it, or import it by itself."
    assert issues_of(folder) == {"more.zip": expected, "old.tar.gz": expected}


def test_a_file_over_the_limit_is_an_issue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_FILE_BYTES", 3)
    folder = make_folder(tmp_path, {"large.jpg": b"1234", "small.jpg": b"123"})
    assert issues_of(folder) == {"large.jpg": "has 4 bytes or more; at most 3 a file are taken."}


def test_more_than_the_limit_altogether_is_refused_as_a_whole(tmp_path: Path) -> None:
    origin = make_zip(tmp_path / "bomb.zip", {"1.jpg": b"0" * 600, "2.jpg": b"0" * 600})
    with (
        pytest.raises(CuratorError, match="holds 1,200 bytes of images unpacked; at most 1,000"),
        opened_collection(origin, max_total_bytes=1000),
    ):
        pass


def test_a_member_that_unpacks_to_more_than_it_says_is_not_read_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make_zip(tmp_path / "set.zip", {"lie.jpg": b"0" * 5000}).read_bytes()
    said = (5000).to_bytes(4, "little")
    (tmp_path / "set.zip").write_bytes(content.replace(said, (5).to_bytes(4, "little")))
    monkeypatch.setattr(archives, "MAX_FILE_BYTES", 100)
    with opened_collection(tmp_path / "set.zip") as collection:
        (file,) = collection.images
        with pytest.raises(UnreadableFileError, match="is damaged in the zip"):
            file.read()


def test_a_damaged_member_is_said_to_be_so(tmp_path: Path) -> None:
    content = bytearray(make_zip(tmp_path / "set.zip", {"a.jpg": bytes(range(200))}).read_bytes())
    content[60] ^= 0xFF
    (tmp_path / "set.zip").write_bytes(content)
    with opened_collection(tmp_path / "set.zip") as collection:
        (file,) = collection.images
        with pytest.raises(UnreadableFileError, match="is damaged in the zip"):
            file.read()


def test_a_locked_member_is_said_to_be_so(tmp_path: Path) -> None:
    content = bytearray(make_zip(tmp_path / "set.zip", {"a.jpg": b"x"}).read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "set.zip").write_bytes(content)
    with opened_collection(tmp_path / "set.zip") as collection:
        (file,) = collection.images
        with pytest.raises(UnreadableFileError, match="is locked by a password"):
            file.read()


def test_a_file_that_went_away_is_said_to_be_so(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, {"a.jpg": b"x"})
    with opened_collection(folder) as collection:
        (folder / "a.jpg").unlink()
        with pytest.raises(UnreadableFileError, match=r"cannot be read \(No such file"):
            collection.images[0].read()


@pytest.mark.parametrize("name", ["missing", "notes.txt"])
def test_an_origin_that_is_neither_folder_nor_zip_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no zip")
    with (
        pytest.raises(CuratorError, match=f"Expected a folder or a zip file. Received: .*{name}"),
        opened_collection(tmp_path / name),
    ):
        pass


def test_a_zip_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    content = make_zip(tmp_path / "set.zip").read_bytes()
    (tmp_path / "set.zip").write_bytes(content[:100])
    with (
        pytest.raises(CuratorError, match="Expected a folder or a zip file"),
        opened_collection(tmp_path / "set.zip"),
    ):
        pass
