import zipfile
from pathlib import Path

import pytest

from db.project.project_folder import Project
from db.snapshot_folder.manifest import Snapshot
from tests.commands import run_command, run_json

pytestmark = pytest.mark.slow


def test_an_out_that_ends_in_zip_becomes_one_zip_of_what_was_chosen(
    snapshot: Snapshot, project: Project, tmp_path: Path
) -> None:
    out = tmp_path / "out.zip"
    how = ("--format", "npz", "--labels", "soft", "--pixels", "grey", "--side", "96")
    said = run_json("export", snapshot.title, str(out), *how, "-p", str(project.folder))
    assert said == {"files": 6, "path": str(out)}
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        top = "set@1-npz-soft-grey-96"
        assert [name.removeprefix(f"{top}/") for name in archive.namelist()] == [
            "README.md",
            "balance.svg",
            "card.json",
            "recipe.json",
            "snapshot.json",
            "faces.npz",
        ]


def test_a_snapshot_away_from_its_project_goes_out_as_it_is_and_is_not_cut_again(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    command = ("export", str(snapshot.folder), str(tmp_path / "out"), "-p", str(tmp_path))
    cut = run_command(*command, "--pixels", "grey")
    assert cut.returncode == 1
    assert "there is no project here" in " ".join(cut.stderr.split())
    assert run_json(*command)["files"] == 26
