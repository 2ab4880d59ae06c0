"""What nobody should send: the bad file is named with its reason, the others go in.

One table; each case goes through the real reading and decoding.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import func, select

from curator.errors import CuratorError
from curator.steps.images.image_codec import decoded
from curator.steps.importing.archives.open_collection import opened_collection
from curator.steps.importing.import_images import ImportReport, SourceChoice, import_images
from db.files.blobs import sha256_of
from db.jobs.progress import committing, finished
from db.project.project_folder import DATABASE_NAME, Project, open_project
from db.tables.images import Face, Image
from tests.makers import NOW, make_empty_project
from tests.steps.importing import hostile
from tests.steps.importing.hostile import RED, saved

# Outside tests what Pillow warns of is not shown, and inside it must not be another error.
pytestmark = pytest.mark.filterwarnings(r"ignore::UserWarning:PIL\.")

GOOD = "good.png"
NO_FACE = "no face found."


@dataclass(frozen=True)
class Came:
    """What came of a collection.

    Attributes:
        taken: The images that went in, as they are stored.
        hashes: Of the bytes they came with.
        refused: For the others why not.
    """

    taken: dict[str, bytes]
    hashes: dict[str, str]
    refused: dict[str, str]


@cache
def _empty_database() -> bytes:
    with tempfile.TemporaryDirectory() as name:
        project = make_empty_project(Path(name))
        project.engine.dispose()
        return project.database.read_bytes()


def _new_project(folder: Path) -> Project:
    folder.mkdir()
    (folder / DATABASE_NAME).write_bytes(_empty_database())
    return open_project(folder)


def take_in(origin: Path, meanwhile: Callable[[], object] = lambda: None) -> Came:
    """Import a collection; `meanwhile` happens between the list of files and their reading."""
    with tempfile.TemporaryDirectory() as name:
        project = _new_project(Path(name) / "project")
        choice = SourceChoice("set", holds_crops=False)
        with project.writing() as session:
            importing = import_images(
                project, session, origin, choice, detector_name="haar", now=NOW
            )
            steps = committing(session, importing)
            next(steps)
            meanwhile()
            report = finished(steps)
        came = _what_came(project, report)
        project.engine.dispose()
    return came


def _what_came(project: Project, report: ImportReport) -> Came:
    with project.reading() as session:
        images = session.scalars(select(Image).order_by(Image.id)).all()
        blobs = {path.name for path in project.images.folder.rglob("*") if path.is_file()}
        assert blobs == {image.blob_sha256 for image in images}, "something is half stored"
    assert [path.name for path in project.aside.rglob("*")] == ["lock"]
    return Came(
        taken={image.name: project.images.read(image.blob_sha256) for image in images},
        hashes={image.name: image.sha256 for image in images},
        refused={one.item: one.reason for one in report.issues if one.reason != NO_FACE},
    )


HEAD, DAMAGED = r"^is no image of a kind known here", r"^is damaged or cut short \(.+\)\. Copy"
TOO_MANY = r"^has (too many|30,000 x 30,000) pixels; at most 89,478,485 are taken"

REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zero bytes": ("bad.jpg", lambda: b"", r"^is empty \(0 bytes\)\. Copy it again"),
    "text named .jpg": ("bad.jpg", lambda: b"no image\n" * 99, HEAD),
    "a page named .png": ("bad.png", lambda: b"<!DOCTYPE html><html>404</html>", HEAD),
    "a drawing of vectors": ("bad.png", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", HEAD),
    "a program in PostScript": ("bad.jpg", lambda: saved(hostile.red(), "EPS"), HEAD),
    "HEIC": ("bad.heic", lambda: b"\0\0\0\x18ftypheic" + bytes(99), "^is a HEIC image, which"),
    "truncated JPEG": ("bad.jpg", lambda: saved(hostile.red(), "JPEG")[:-99], DAMAGED),
    "truncated PNG": ("bad.png", lambda: saved(hostile.red())[:-40], DAMAGED),
    "truncated WebP": ("bad.webp", lambda: saved(hostile.red(), "WEBP")[:-9], DAMAGED),
    "truncated TIFF": ("bad.tif", lambda: saved(hostile.red(), "TIFF")[:-99], DAMAGED),
    "a head alone": ("bad.jpg", lambda: saved(hostile.red(), "JPEG")[:30], f"{DAMAGED}|{HEAD}"),
    "1x1": ("bad.gif", lambda: saved(hostile.red().resize((1, 1)), "GIF"), "^is 1 x 1 px; images"),
    "PNG bomb": ("bad.png", lambda: hostile.png_said_to_be(30_000, 30_000), TOO_MANY),
    "JPEG bomb": ("bad.jpg", lambda: hostile.jpeg_said_to_be(30_000, 30_000), TOO_MANY),
    "TIFF bomb": ("bad.tif", lambda: hostile.tiff_said_to_be(30_000, 30_000), TOO_MANY),
    "text bomb in a PNG": (
        "bad.png",
        lambda: hostile.png_with_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(50_000_000), 9)),
        DAMAGED,
    ),
    "TIFF that swells": ("bad.tif", hostile.tiff_that_swells, f"{DAMAGED}|{HEAD}"),
}
"""What lies beside a good file: its name, its bytes, the reason."""

TAKEN: dict[str, tuple[str, Callable[[], bytes], tuple[int, int, int]]] = {
    "PNG named .jpg": ("odd.jpg", lambda: saved(hostile.red()), RED),
    "JPEG named .PNG": ("odd.PNG", lambda: saved(hostile.red(), "JPEG"), RED),
    "CMYK": ("odd.jpg", lambda: saved(hostile.red("CMYK"), "JPEG", quality=100), RED),
    "grey": ("odd.png", lambda: saved(hostile.red("L")), (76, 76, 76)),
    "palette": ("odd.png", lambda: saved(hostile.red("P")), (255, 0, 0)),
    "16-bit grey PNG": ("odd.png", lambda: hostile.of_16_bits(".png", 1), (254, 254, 254)),
    "16-bit grey TIFF": ("odd.tif", lambda: hostile.of_16_bits(".tiff", 1), (254, 254, 254)),
    "16-bit RGB PNG": ("odd.png", lambda: hostile.of_16_bits(".png", 3), RED),
    "16-bit RGB TIFF": ("odd.tif", lambda: hostile.of_16_bits(".tiff", 3), RED),
    "transparent": ("odd.png", hostile.half_clear, (255, 255, 255)),
    "animated GIF": ("odd.gif", lambda: hostile.moving("GIF"), RED),
    "animated WebP": ("odd.webp", lambda: hostile.moving("WEBP"), RED),
    "animated PNG": ("odd.png", lambda: hostile.moving("PNG"), RED),
    "orientation 99": ("odd.jpg", lambda: hostile.jpeg_with_exif(hostile.turned(99)), RED),
    "orientation of text": (
        "odd.jpg",
        lambda: hostile.jpeg_with_exif(hostile.turned(0x41, 2)),
        RED,
    ),
    "orientations": ("odd.jpg", lambda: hostile.jpeg_with_exif(hostile.turned(6, 3, 9)), RED),
    "EXIF of noise": ("odd.jpg", lambda: hostile.jpeg_with_exif(b"II*\0" + b"\xff" * 99), RED),
    "EXIF of 20 MB": ("odd.jpg", lambda: hostile.jpeg_with_exif(bytes(20_000_000)), RED),
    "EXIF that leads to itself": (
        "odd.jpg",
        lambda: hostile.jpeg_with_exif(hostile.exif_that_leads_to_itself()),
        RED,
    ),
    "EXIF that swells in a JPEG": (
        "odd.jpg",
        lambda: hostile.jpeg_with_exif(hostile.exif_that_swells()),
        RED,
    ),
    "EXIF that swells in a PNG": (
        "odd.png",
        lambda: hostile.png_with_exif(hostile.exif_that_swells()),
        RED,
    ),
}
"""What is odd and goes in: its name, its bytes, the colour of its pixels."""


@pytest.mark.parametrize("pack", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize(("name", "make", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_bad_file_is_named_with_its_reason_and_the_others_go_in(
    name: str, make: Callable[[], bytes], reason: str, pack: bool, tmp_path: Path
) -> None:
    came = take_in(origin_of(tmp_path, {name: make(), GOOD: hostile.good()}, pack=pack))
    assert list(came.taken) == [GOOD]
    assert list(came.refused) == [name]
    assert re.search(reason, came.refused[name]), came.refused[name]
    assert "\n" not in came.refused[name]


@pytest.mark.parametrize(("name", "make", "colour"), TAKEN.values(), ids=TAKEN)
def test_an_odd_file_goes_in_with_the_right_colours(
    name: str, make: Callable[[], bytes], colour: tuple[int, int, int], tmp_path: Path
) -> None:
    came = take_in(origin_of(tmp_path, {name: make(), GOOD: hostile.good()}, pack=False))
    assert came.refused == {}
    pixel = decoded(came.taken[name])[20, 20].tolist()
    assert pixel == pytest.approx(colour, abs=2)


def origin_of(folder: Path, files: dict[str, bytes], *, pack: bool) -> Path:
    if pack:
        return hostile.make_zip(folder / "set.zip", files)
    (folder / "set").mkdir()
    for name, content in files.items():
        (folder / "set" / name).write_bytes(content)
    return folder / "set"


OVERLAP = "^shares its bytes with another file of the zip, as bombs do"


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    came = take_in(hostile.make_overlapping_zip(tmp_path / "set.zip"))
    assert list(came.taken) == [GOOD]
    assert set(came.refused) == {f"bomb{number:02}.png" for number in range(100)}
    assert all(re.search(OVERLAP, reason) for reason in came.refused.values())


def test_members_inside_one_another_are_refused(tmp_path: Path) -> None:
    came = take_in(hostile.make_quoting_zip(tmp_path / "set.zip"))
    assert set(came.refused) == {f"bomb{number}.png" for number in range(10)}
    assert all(re.search(OVERLAP, reason) for reason in came.refused.values())


def test_archives_in_an_archive_are_told_of_and_stay_shut(tmp_path: Path) -> None:
    inner = hostile.make_zip(tmp_path / "inner.zip", {"deep.png": hostile.good()}).read_bytes()
    files = {GOOD: hostile.good(), "inner.zip": inner, "inner.tar.gz": b"\x1f\x8b"}
    came = take_in(hostile.make_zip(tmp_path / "set.zip", files))
    assert list(came.taken) == [GOOD]
    assert came.refused == dict.fromkeys(
        ["inner.zip", "inner.tar.gz"], "is packed inside. Unpack it, or import it by itself."
    )


NAMES = {
    "Arabic": ("وجه سعيد.png", "وجه سعيد.png"),
    "Chinese": ("笑顔/微笑.png", "笑顔/微笑.png"),
    "emoji": ("👩‍👧‍👦😀.png", "👩‍👧‍👦😀.png"),
    "Persian with a joiner": ("می‌خندد.png", "می‌خندد.png"),
    "combining letters": ("e\u0301te\u0301.png", "e\u0301te\u0301.png"),
    "turned round": ("face\u202egnp.png", "face<U+202E>gnp.png"),
    "a line break": ("one\ntwo.png", "one<U+000A>two.png"),
    "a bell": ("ring\a.png", "ring<U+0007>.png"),
    "an escape": ("\x1b[31mred.png", "<U+001B>[31mred.png"),
    "255 bytes": ("é" * 125 + "x.png", "é" * 125 + "x.png"),
    "quotes and commas": ("a'\",;|<>*?.png", "a'\",;|<>*?.png"),
    "blanks": (" a  b .png", " a  b .png"),
    "a formula": ("=1+1.png", "=1+1.png"),
    "a time": ("10:30.png", "10:30.png"),
}


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES)
def test_a_name_in_any_script_stays_and_what_breaks_a_line_is_written_out(
    name: str, shown: str, tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_bytes(hostile.good())
    packed = hostile.make_zip(tmp_path / "set.zip", {name: hostile.good()})
    with tarfile.open(tmp_path / "set.tar", "w") as archive:
        archive.add(folder, ".")
    for origin in (folder, packed, tmp_path / "set.tar"):
        came = take_in(origin)
        assert (list(came.taken), came.refused) == ([shown], {})


def test_a_name_that_is_no_text_is_made_printable(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    with open(os.fsencode(tmp_path / "set") + b"/\xff\xfe.png", "wb") as file:  # noqa: PTH123
        file.write(hostile.good())
    assert list(take_in(tmp_path / "set").taken) == ["<U+DCFF><U+DCFE>.png"]


def test_a_name_with_a_zero_byte_ends_there(tmp_path: Path) -> None:
    files = {"face.png0.exe": saved(hostile.red()), GOOD: hostile.good()}
    path = hostile.make_zip(tmp_path / "set.zip", files)
    path.write_bytes(path.read_bytes().replace(b"face.png0.exe", b"face.png\0.exe"))
    assert list(take_in(path).taken) == ["face.png", GOOD]


def vanishes(path: Path) -> None:
    path.unlink()


def becomes_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def becomes_a_link(path: Path) -> None:
    path.replace(path.parent.parent / "outside.png")
    path.symlink_to(path.parent.parent / "outside.png")


def becomes_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def shrinks(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def grows_past_the_limit(path: Path) -> None:
    with path.open("ab") as file:
        file.truncate(100 * 2**20 + 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (vanishes, r"^cannot be read \(No such file or directory\)\.$"),
        (becomes_a_folder, r"^cannot be read \(it is no ordinary file any more\)\.$"),
        (becomes_a_link, r"^cannot be read \(Too many levels of symbolic links\)\.$"),
        (becomes_a_pipe, r"^cannot be read \(it is no ordinary file any more\)\.$"),
        (shrinks, DAMAGED),
        (grows_past_the_limit, r"^has [\d,]+ bytes or more; at most 104,857,600 a file are taken"),
    ],
)
def test_a_file_that_changes_after_the_walk_is_no_way_in(
    change: Callable[[Path], None], reason: str, tmp_path: Path
) -> None:
    folder = origin_of(
        tmp_path, {"bad.png": saved(hostile.red()), GOOD: hostile.good()}, pack=False
    )
    came = take_in(folder, meanwhile=lambda: change(folder / "bad.png"))
    assert list(came.taken) == [GOOD]
    assert re.search(reason, came.refused["bad.png"]), came.refused


def test_a_file_that_grew_a_little_goes_in_whole(tmp_path: Path) -> None:
    folder = origin_of(tmp_path, {GOOD: hostile.good()}, pack=False)
    larger = hostile.good() + bytes(1000)
    came = take_in(folder, meanwhile=lambda: (folder / GOOD).write_bytes(larger))
    assert came.hashes == {GOOD: sha256_of(larger)}


def test_a_folder_that_becomes_a_link_is_no_way_out(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.png").write_bytes(hostile.good())
    inner = origin_of(tmp_path, {}, pack=False) / "inner"
    shutil.copytree(tmp_path / "outside", inner)

    def swap() -> None:
        shutil.rmtree(inner)
        inner.symlink_to(tmp_path / "outside")

    came = take_in(tmp_path / "set", meanwhile=swap)
    assert came.taken == {}
    assert re.match(
        r"cannot be read \((Not a directory|Too many levels)", came.refused["inner/a.png"]
    )


def test_a_zip_that_is_replaced_while_it_is_read_is_read_to_its_end_as_it_was(
    tmp_path: Path,
) -> None:
    origin = hostile.make_zip(tmp_path / "set.zip", {GOOD: hostile.good()})
    other = hostile.make_zip(tmp_path / "other.zip", {"x.png": saved(hostile.red())})
    assert list(take_in(origin, meanwhile=lambda: other.replace(origin)).taken) == [GOOD]


@pytest.mark.slow
def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    folder = origin_of(tmp_path, {GOOD: hostile.good(), "bad.png": hostile.good()}, pack=False)
    (folder / "shut").mkdir()
    (folder / "bad.png").chmod(0)
    (folder / "shut").chmod(0)
    said = run_apart(tmp_path, "came = take_in(Path('set')); print(list(came.taken), came.refused)")
    assert "['good.png']" in said
    assert "'bad.png': 'cannot be read (Permission denied).'" in said
    assert "'shut': 'cannot be read (Permission denied).'" in said


@pytest.mark.slow
def test_a_folder_that_may_not_be_read_at_all_is_refused(tmp_path: Path) -> None:
    origin_of(tmp_path, {GOOD: hostile.good()}, pack=False).chmod(0)
    said = run_apart(tmp_path, "take_in(Path('set'))")
    assert "CuratorError: set cannot be read: Permission denied." in said


def test_a_full_disk_leaves_nothing_half_unpacked(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "set.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("a.png")
        member.size = 5_000_000
        archive.addfile(member, io.BytesIO(bytes(5_000_000)))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with (
        hostile.little_room(1_000_000),
        pytest.raises(
            CuratorError, match=r"cannot be unpacked to .*scratch: File too large\. Make"
        ),
        opened_collection(tmp_path / "set.tar.gz", scratch=scratch),
    ):
        pass
    assert list(scratch.iterdir()) == []


def test_a_disk_that_fills_up_stops_the_import_and_leaves_nothing_half_stored(
    tmp_path: Path,
) -> None:
    files = {f"{number}.png": hostile.noisy(number) for number in range(4)}
    origin = origin_of(tmp_path, files, pack=False)
    project = _new_project(tmp_path / "project")

    def take() -> ImportReport:
        with project.writing() as session:
            choice = SourceChoice("set", holds_crops=True)
            steps = import_images(project, session, origin, choice, detector_name="haar", now=NOW)
            return finished(committing(session, steps))

    with (
        hostile.little_room(len(files["0.png"]) // 2),
        pytest.raises(CuratorError, match=r"cannot be stored: File too large\. Make room"),
    ):
        take()
    with project.reading() as session:
        assert session.scalar(select(func.count()).select_from(Image)) == 0
    assert [path.name for path in project.aside.rglob("*")] == ["lock"]
    assert not project.images.folder.exists()
    assert (take().imported, take().known) == (4, 4)
    with project.reading() as session:
        assert session.scalar(select(func.count()).select_from(Face)) == 4


def run_apart(folder: Path, code: str) -> str:
    """Run code of this file's in a folder as nobody in particular; return what it says."""
    folder.chmod(0o777)
    lines = [
        "import os",
        "from pathlib import Path",
        "from tests.steps.importing.test_hostile_input import *",
        "from tests.steps.importing.test_hostile_input import _empty_database",
        "from curator.steps.images.perceptual_hash import phashes",
        "_empty_database(); phashes(decoded(hostile.good()))",  # loads what only root may read
        f"os.chdir({str(folder)!r})",
        "os.geteuid() or (os.setgroups([]), os.setgid(65534), os.setuid(65534))",
        code,
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr
