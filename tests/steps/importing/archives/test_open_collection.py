import bz2
import gzip
import io
import lzma
import multiprocessing
import os
import pickle
import stat
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from curator.errors import CuratorError
from curator.steps.importing.archives import collection, tar_files
from curator.steps.importing.archives import open_collection as archives
from curator.steps.importing.archives.open_collection import (
    CollectionFile,
    UnreadableFileError,
    opened_collection,
)
from tests.steps.importing.bytes_place import BytesLocation

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


def make_tar(path: Path, files: Mapping[str, bytes] = FILES, packing: str = "") -> Path:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, one in files.items():
            add_to(archive, tarfile.TarInfo(name), one)
    path.write_bytes(PACKINGS[packing](content.getvalue()))
    return path


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}


def add_to(archive: tarfile.TarFile, member: tarfile.TarInfo, content: bytes) -> None:
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


MAKERS: dict[str, Callable[..., Path]] = {
    "folder": make_folder,
    "zip": make_zip,
    "tar": make_tar,
    "tar.gz": partial(make_tar, packing="gz"),
    "tar.bz2": partial(make_tar, packing="bz2"),
    "tar.xz": partial(make_tar, packing="xz"),
}


def issues_of(origin: Path) -> dict[str, str]:
    with opened_collection(origin) as opened:
        return {issue.item: issue.reason for issue in opened.issues}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_images_and_tables_come_in_the_order_of_their_names_and_the_rest_in_silence(
    make: Callable[..., Path], tmp_path: Path
) -> None:
    with opened_collection(make(tmp_path / "set")) as opened:
        assert [file.name for file in opened.images] == IMAGES
        assert [file.read() for file in opened.images] == [b"1", b"2", b"b", b"u"]
        assert [file.name for file in opened.tables] == ["a/legend.csv"]
        assert opened.issues == ()


def test_members_of_a_zip_that_would_leave_its_folder_are_refused(tmp_path: Path) -> None:
    names = ["../out.jpg", "/etc/out.jpg", "a/../../out.jpg", "C:/out.jpg", "..\\out.jpg"]
    origin = make_zip(tmp_path / "slip.zip", dict.fromkeys([*names, "in.jpg"], b"x"))
    with opened_collection(origin) as opened:
        assert [file.name for file in opened.images] == ["in.jpg"]
        assert {issue.item for issue in opened.issues} == {*names[:4], "../out.jpg"}
        assert all("would lie outside the folder" in issue.reason for issue in opened.issues)
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
    monkeypatch.setattr(collection, "MAX_FILE_BYTES", 3)
    folder = make_folder(tmp_path, {"large.jpg": b"1234", "small.jpg": b"123"})
    assert issues_of(folder) == {"large.jpg": "has 4 bytes or more; at most 3 a file are taken."}


def test_more_than_the_limit_altogether_is_refused_as_a_whole(tmp_path: Path) -> None:
    origin = make_zip(tmp_path / "bomb.zip", {"1.jpg": b"0" * 600, "2.jpg": b"0" * 600})
    with (
        pytest.raises(CuratorError, match="holds 1,200 bytes unpacked; at most 1,000"),
        opened_collection(origin, max_total_bytes=1000),
    ):
        pass


def test_a_member_that_unpacks_to_more_than_it_says_is_not_read_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make_zip(tmp_path / "set.zip", {"lie.jpg": b"0" * 5000}).read_bytes()
    said = (5000).to_bytes(4, "little")
    (tmp_path / "set.zip").write_bytes(content.replace(said, (5).to_bytes(4, "little")))
    monkeypatch.setattr(collection, "MAX_FILE_BYTES", 100)
    with opened_collection(tmp_path / "set.zip") as opened:
        (file,) = opened.images
        with pytest.raises(UnreadableFileError, match="is damaged in the zip"):
            file.read()


def test_a_damaged_member_is_said_to_be_so(tmp_path: Path) -> None:
    content = bytearray(make_zip(tmp_path / "set.zip", {"a.jpg": bytes(range(200))}).read_bytes())
    content[60] ^= 0xFF
    (tmp_path / "set.zip").write_bytes(content)
    with opened_collection(tmp_path / "set.zip") as opened:
        (file,) = opened.images
        with pytest.raises(UnreadableFileError, match="is damaged in the zip"):
            file.read()


def test_a_locked_member_is_said_to_be_so(tmp_path: Path) -> None:
    content = bytearray(make_zip(tmp_path / "set.zip", {"a.jpg": b"x"}).read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "set.zip").write_bytes(content)
    with opened_collection(tmp_path / "set.zip") as opened:
        (file,) = opened.images
        with pytest.raises(UnreadableFileError, match="is locked by a password"):
            file.read()


def test_a_file_that_went_away_is_said_to_be_so(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, {"a.jpg": b"x"})
    with opened_collection(folder) as opened:
        (folder / "a.jpg").unlink()
        with pytest.raises(UnreadableFileError, match=r"cannot be read \(No such file"):
            opened.images[0].read()


@pytest.mark.parametrize("name", ["missing", "notes.md"])
def test_an_origin_of_no_kind_that_comes_in_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("no zip")
    with (
        pytest.raises(CuratorError, match=f"Expected a folder, a zip, .* Received: .*{name}"),
        opened_collection(tmp_path / name),
    ):
        pass


@pytest.mark.parametrize("name", ["faces.csv", "face.png"])
def test_a_table_or_an_image_may_come_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"1,2")
    (tmp_path / "link.csv").symlink_to(tmp_path / name)
    with opened_collection(tmp_path / name) as opened:
        assert [file.name for file in opened.images + opened.tables] == [name]
        assert (opened.images + opened.tables)[0].read() == b"1,2"
    with opened_collection(tmp_path / "link.csv") as opened:
        assert (opened.images + opened.tables)[0].read() == b"1,2"


@pytest.mark.parametrize("keep", [100, 3])
def test_a_zip_that_is_cut_short_is_refused(keep: int, tmp_path: Path) -> None:
    content = make_zip(tmp_path / "set.zip").read_bytes()
    (tmp_path / "set.zip").write_bytes(content[:keep])
    with (
        pytest.raises(CuratorError, match=r"cannot be opened as a zip|Expected a folder, a zip"),
        opened_collection(tmp_path / "set.zip"),
    ):
        pass


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_file_can_be_read_in_another_process(make: Callable[..., Path], tmp_path: Path) -> None:
    with opened_collection(make(tmp_path / "set")) as opened:
        sent = pickle.dumps(opened.images)
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
            assert executor.submit(read_all, sent).result() == [b"1", b"2", b"b", b"u"]


def read_all(sent: bytes) -> list[bytes]:
    return [file.read() for file in pickle.loads(sent)]  # noqa: S301 - our own


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_large_table_is_read_line_by_line(
    make: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "MAX_FILE_BYTES", 1000)
    rows = [f"{number},happy\n".encode() for number in range(500)]
    with opened_collection(make(tmp_path / "set", {"a.csv": b"".join(rows)})) as opened:
        with opened.tables[0].opened() as file:
            assert list(file) == rows
        with pytest.raises(UnreadableFileError, match="bytes or more; at most 1,000 a file"):
            opened.tables[0].read()


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_table_over_its_own_limit_is_an_issue(
    make: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collection, "MAX_TABLE_BYTES", 3)
    origin = make(tmp_path / "set", {"a.csv": b"1234", "b.csv": b"123"})
    assert issues_of(origin) == {"a.csv": "has 4 bytes or more; at most 3 a file are taken."}


def test_an_image_made_from_a_table_is_a_file_too() -> None:
    file = CollectionFile("fer2013/7.png", 3, BytesLocation(b"png"))
    assert pickle.loads(pickle.dumps(file)).read() == b"png"  # noqa: S301 - our own


def test_of_files_of_one_name_the_first_goes_in(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("a.jpg", b"1")
        archive.writestr("./a.jpg", b"2")
    with opened_collection(tmp_path / "set.zip") as opened:
        assert [file.read() for file in opened.images] == [b"1"]
        assert "comes more than once by this name" in opened.issues[0].reason


def test_members_of_a_tar_that_are_no_plain_files_inside_it_are_refused(tmp_path: Path) -> None:
    names = ["../out.jpg", "/etc/out.jpg", "a/../../out.jpg", "C:/out.jpg"]
    kinds = {
        "soft.jpg": tarfile.SYMTYPE,
        "hard.jpg": tarfile.LNKTYPE,
        "pipe.jpg": tarfile.FIFOTYPE,
        "char.jpg": tarfile.CHRTYPE,
        "block.jpg": tarfile.BLKTYPE,
    }
    with tarfile.open(tmp_path / "set.tar", "w") as archive:
        for name in [*names, "./in.jpg"]:
            add_to(archive, tarfile.TarInfo(name), b"x")
        for name, kind in kinds.items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    with opened_collection(tmp_path / "set.tar") as opened:
        assert [file.name for file in opened.images] == ["in.jpg"]
        reasons = {issue.item: issue.reason for issue in opened.issues}
    assert set(reasons) == {*names, *kinds}
    assert all("would lie outside the folder" in reasons[name] for name in names)
    assert all("is a link" in reasons[name] for name in ("soft.jpg", "hard.jpg"))
    assert all(
        "is no ordinary file" in reasons[f"{kind}.jpg"] for kind in ("pipe", "char", "block")
    )


def test_a_member_of_a_tar_with_holes_is_refused(tmp_path: Path) -> None:
    member = tarfile.TarInfo("holes.jpg")
    member.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.map": "0,1",
        "GNU.sparse.size": "90000000000",
    }
    with tarfile.open(tmp_path / "set.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        add_to(archive, member, b"x")
    assert "is stored with holes" in issues_of(tmp_path / "set.tar")["holes.jpg"]


def test_a_compressed_tar_is_unpacked_where_told_and_removed(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    origin = make_tar(tmp_path / "set.tar.gz", packing="gz")
    with opened_collection(origin, scratch=scratch) as opened:
        assert len(list(scratch.iterdir())) == 1
        assert len(opened.images) == 4
    assert list(scratch.iterdir()) == []


def test_a_tar_that_unpacks_to_too_much_is_refused_before_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "SMALL_BYTES", 100_000)
    monkeypatch.setattr(tar_files, "_CHUNK_BYTES", 1000)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "bomb.tar.gz").write_bytes(gzip.compress(bytes(10_000_000)))
    packed = (tmp_path / "bomb.tar.gz").stat().st_size * 200
    with (
        pytest.raises(CuratorError, match=f"unpacks to more than {packed:,} bytes"),
        opened_collection(tmp_path / "bomb.tar.gz", scratch=scratch),
    ):
        pass
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("packing", ["", "gz", "bz2", "xz"])
def test_of_a_tar_that_is_cut_short_the_whole_files_go_in(packing: str, tmp_path: Path) -> None:
    files = {"1.jpg": os.urandom(400_000), "2.jpg": os.urandom(1_200_000)}
    origin = make_tar(tmp_path / "set.tar", files, packing)
    content = origin.read_bytes()
    origin.write_bytes(content[: len(content) * 2 // 3])
    with opened_collection(origin) as opened:
        assert opened.images[0].read() == files["1.jpg"]
        assert [file.name for file in opened.images[1:]] in ([], ["2.jpg"])
        for file in opened.images[1:]:
            with pytest.raises(UnreadableFileError, match="is damaged in the tar"):
                file.read()
        (issue,) = opened.issues
    assert issue.item == "set.tar"
    assert "cannot be read to its end" in issue.reason


@pytest.mark.parametrize("size", [b"\xff" * 12, b"77777777777\0", b"no number \0\0"])
def test_a_tar_that_leads_back_or_past_its_end_or_nowhere_is_read_up_to_there(
    size: bytes, tmp_path: Path
) -> None:
    origin = make_tar(tmp_path / "set.tar", {"1.jpg": b"1", "2.jpg": b"2", "3.jpg": b"3"})
    with tarfile.open(origin) as archive:
        second = archive.getmember("2.jpg")
    header = bytearray(origin.read_bytes()[second.offset : second.offset + 512])
    header[124:136] = size
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    content = bytearray(origin.read_bytes())
    content[second.offset : second.offset + 512] = header
    origin.write_bytes(content)
    with opened_collection(origin) as opened:
        assert opened.images[0].name == "1.jpg"
        assert any("cannot be read to its end" in issue.reason for issue in opened.issues)


def test_a_tar_whose_headers_are_larger_than_any_name_is_not_read_into_memory(
    tmp_path: Path,
) -> None:
    with tarfile.open(tmp_path / "set.tar", "w") as archive:
        add_to(archive, tarfile.TarInfo("1.jpg"), b"1")
        long_name = tarfile.TarInfo("././@LongLink")
        long_name.type = tarfile.GNUTYPE_LONGNAME
        add_to(archive, long_name, b"x" * 2_000_000)
    assert "a header is larger than any name" in issues_of(tmp_path / "set.tar")["set.tar"]


def test_what_only_looks_compressed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "set.csv.gz").write_bytes(gzip.compress(b"image,label\n"))
    with (
        pytest.raises(CuratorError, match=r"set\.csv\.gz holds no tar that can be read"),
        opened_collection(tmp_path / "set.csv.gz"),
    ):
        pass


def test_a_tar_that_ends_with_a_zip_is_a_tar(tmp_path: Path) -> None:
    make_zip(tmp_path / "in.zip", {"x.jpg": b"x"})
    files = {"a.jpg": b"a", "in.zip": (tmp_path / "in.zip").read_bytes()}
    with opened_collection(make_tar(tmp_path / "set.tar", files)) as opened:
        assert [file.name for file in opened.images] == ["a.jpg"]
