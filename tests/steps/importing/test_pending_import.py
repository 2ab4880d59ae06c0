from dataclasses import dataclass
from pathlib import Path

import pytest

from curator.errors import CuratorError
from curator.steps.importing.pending_import import (
    PendingImport,
    discard,
    import_of_addresses,
    import_of_path,
    import_of_uploads,
    is_there,
)
from db.project.project_folder import Project


@dataclass(frozen=True)
class Sent:
    """A file as a browser sends it."""

    name: str

    def getvalue(self) -> bytes:
        return b"x"


@pytest.mark.parametrize(
    ("sent", "title", "name"),
    [
        (["faces.zip"], "faces.zip", "faces"),
        (["faces.v2.TAR.GZ"], "faces.v2.TAR.GZ", "faces.v2"),
        (["fer2013.csv"], "fer2013.csv", "fer2013"),
        (["a.jpg", "b.jpg"], "2 files", ""),
        (["lab/happy/a.jpg", "lab/sad/b.jpg"], "lab", "lab"),
        (["lab/a.jpg"], "lab", "lab"),
    ],
)
def test_what_is_sent_is_kept_under_a_name_for_its_source(
    project: Project, sent: list[str], title: str, name: str
) -> None:
    brought = import_of_uploads(project, [Sent(one) for one in sent], [Sent("l.csv")])
    assert (brought.title, brought.name) == (title, name)
    assert is_there(project, brought)
    assert [Path(label_file).name for label_file in brought.label_files] == ["l.csv"]


def test_a_name_is_no_longer_than_a_source_may_have(project: Project) -> None:
    assert len(import_of_uploads(project, [Sent("n" * 100 + ".zip")]).name) == 60


def test_a_folder_on_the_server_is_read_where_it_lies(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "kdef"
    folder.mkdir()
    brought = import_of_path(project, f" {folder} ", [Sent("l.csv"), Sent("m.csv")])
    assert (brought.title, brought.name, brought.origin) == ("kdef", "kdef", str(folder))
    assert [Path(label_file).name for label_file in brought.label_files] == ["l.csv", "m.csv"]
    assert is_there(project, brought)
    discard(project, brought)
    assert folder.is_dir()
    assert list(project.uploads.iterdir()) == []


@pytest.mark.parametrize("stated", ["", "faces", "./faces"])
def test_a_path_must_be_whole(project: Project, stated: str) -> None:
    with pytest.raises(CuratorError, match=r"Expected the whole path .* such as /data/faces"):
        import_of_path(project, stated)


def test_a_path_must_lead_somewhere(project: Project, tmp_path: Path) -> None:
    with pytest.raises(CuratorError, match=r"none cannot be opened on the server: .*No such file"):
        import_of_path(project, str(tmp_path / "none"))
    (tmp_path / "round").symlink_to(tmp_path / "round")
    with pytest.raises(CuratorError, match="round cannot be opened on the server"):
        import_of_path(project, str(tmp_path / "round"))


@pytest.mark.parametrize("place", ["", "..", "uploads"])
def test_a_project_does_not_import_itself(project: Project, place: str) -> None:
    project.uploads.mkdir()
    with pytest.raises(CuratorError, match="holds the project itself, or is part of it"):
        import_of_path(project, str(project.folder / place))


def test_addresses_are_read_line_by_line_each_once() -> None:
    text = "\n https://example.org/a.jpg \nHTTP://example.org/b.jpg\n\nhttps://example.org/a.jpg"
    brought = import_of_addresses(text)
    assert brought.urls == ("https://example.org/a.jpg", "HTTP://example.org/b.jpg")
    assert (brought.title, brought.name, brought.origin) == ("2 addresses", "", "")
    assert import_of_addresses("https://example.org/a.jpg").title == "1 address"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" \n", "Expected 1 to 10,000 addresses. Received: 0"),
        ("https://e.org/a.jpg\nfile:///etc/passwd", "Received: file:///etc/passwd"),
        ("\n".join(f"https://e.org/{n}" for n in range(10_001)), "Received: 10,001"),
    ],
)
def test_what_is_no_list_of_addresses_is_refused(text: str, said: str) -> None:
    with pytest.raises(CuratorError, match=said):
        import_of_addresses(text)


def test_what_is_discarded_is_gone(project: Project) -> None:
    brought = import_of_uploads(project, [Sent("a.jpg")], [Sent("l.csv")])
    other = import_of_uploads(project, [Sent("b.jpg")])
    discard(project, brought)
    discard(project, brought)  # by another tab
    assert not is_there(project, brought)
    assert is_there(project, other)


def test_addresses_leave_nothing_to_discard(project: Project) -> None:
    kept = import_of_uploads(project, [Sent("a.jpg")])
    discard(project, import_of_addresses("https://example.org/a.jpg"))
    discard(project, PendingImport("odd", "odd", origin="uploads"))
    assert is_there(project, kept)
