import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from curator.errors import CuratorError
from curator.steps.importing import uploads
from curator.steps.importing.archives.open_collection import opened_collection
from curator.steps.importing.uploads import keep_uploads
from db.project.project_folder import Project
from tests.steps.importing.hostile import good, little_room, make_zip


@dataclass(frozen=True)
class Sent:
    """A file as a browser sends it."""

    name: str
    content: bytes = b"x"

    def getvalue(self) -> bytes:
        return self.content


def names_in(project: Project, origin: str) -> list[str]:
    with opened_collection(project.folder / origin) as opened:
        return [file.name for file in opened.images + opened.tables]


def test_photos_become_a_folder_and_legends_lie_beside_it(project: Project) -> None:
    origin, label_files = keep_uploads(
        project, [Sent("a.jpg"), Sent("b.png")], [Sent("l.csv", b"1")]
    )
    assert names_in(project, origin) == ["a.jpg", "b.png"]
    assert [(project.folder / label_file).read_bytes() for label_file in label_files] == [b"1"]


@pytest.mark.parametrize("name", ["set.zip", "SET.ZIP", "set.tar", "set.tar.gz", "set.tgz"])
def test_an_archive_is_the_collection_itself(name: str, project: Project) -> None:
    origin, _ = keep_uploads(project, [Sent(name, b"packed")], [])
    assert origin.endswith(f"/{name}")
    assert (project.folder / origin).read_bytes() == b"packed"


def test_a_zip_that_was_sent_can_be_opened(project: Project, tmp_path: Path) -> None:
    content = make_zip(tmp_path / "set.zip", {"happy/a.png": good()}).read_bytes()
    origin, _ = keep_uploads(project, [Sent("set.zip", content)], [])
    assert names_in(project, origin) == ["happy/a.png"]


def test_a_table_alone_is_a_collection(project: Project) -> None:
    origin, _ = keep_uploads(project, [Sent("fer2013.csv")], [])
    assert names_in(project, origin) == ["fer2013.csv"]


def test_a_folder_that_is_sent_keeps_its_folders(project: Project) -> None:
    origin, _ = keep_uploads(project, [Sent("set/happy/a.jpg"), Sent("set/sad/a.jpg")], [])
    assert names_in(project, origin) == ["set/happy/a.jpg", "set/sad/a.jpg"]


def test_files_of_one_name_are_all_kept(project: Project) -> None:
    sent = [Sent("a.jpg", b"1"), Sent("a.jpg", b"2"), Sent("a.jpg", b"3")]
    origin, _ = keep_uploads(project, sent, [])
    assert names_in(project, origin) == ["2/a.jpg", "3/a.jpg", "a.jpg"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/x.jpg", "etc/x.jpg"),
        ("/etc/x.jpg", "etc/x.jpg"),
        ("C:\\photos\\x.jpg", "photos/x.jpg"),
        ("..\\..\\x.jpg", "x.jpg"),
        ("one\ntwo\0.jpg", "one<U+000A>two<U+0000>.jpg"),
        ("表情.jpg", "表情.jpg"),
        ("é" * 200 + ".jpg", "é" * 90 + "~" + "é" * 6 + ".jpg"),
    ],
)
def test_a_name_never_leads_out_of_the_uploads(name: str, kept: str, project: Project) -> None:
    origin, _ = keep_uploads(project, [Sent(name)], [])
    assert names_in(project, origin) == [kept]
    assert (project.folder / origin / kept).read_bytes() == b"x"


def test_a_file_without_a_name_has_one(project: Project) -> None:
    origin, _ = keep_uploads(project, [Sent("..")], [])
    assert [path.name for path in (project.folder / origin).iterdir()] == ["unnamed"]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ([], "Choose one zip or tar, or any .* Received: 0 archives and 0 other files"),
        (["a.zip", "b.zip"], "Received: 2 archives and 0 other files"),
        (["a.zip", "b.tar.gz", "c.jpg"], "Received: 2 archives and 1 other files"),
        (["a.rar"], "a.rar cannot be opened here. Pack it as a zip or a tar"),
        (["a.7z"], "a.7z cannot be opened here"),
    ],
)
def test_what_cannot_be_one_collection_is_refused(
    sent: list[str], message: str, project: Project
) -> None:
    with pytest.raises(CuratorError, match=message):
        keep_uploads(project, [Sent(name) for name in sent], [])
    assert not project.uploads.exists() or list(project.uploads.iterdir()) == []


def test_a_file_over_the_limit_is_refused_with_another_way(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 2)
    with pytest.raises(CuratorError, match=r"b\.jpg has 3 bytes; at most 2 .*`curator import`"):
        keep_uploads(project, [Sent("a.jpg", b"12"), Sent("b.jpg", b"123")], [])


def test_a_full_disk_leaves_nothing_half_kept(project: Project) -> None:
    sent = [Sent("a.jpg"), Sent("b.jpg", bytes(200_000))]
    with (
        little_room(100_000),
        pytest.raises(CuratorError, match=r"cannot be kept: File too large\. Make room"),
    ):
        keep_uploads(project, sent, [])
    assert list(project.uploads.iterdir()) == []


def test_what_streamlit_hands_over_is_not_copied() -> None:
    content = bytes(1000)
    sent = UploadedFile(UploadedFileRec("1", "a.jpg", "image/jpeg", content), FileURLs())
    assert isinstance(sent, io.BytesIO)
    assert sent.getvalue() is content
