"""`curator erase`."""

from pathlib import Path

import pytest

from db.labels import Expression
from tests.commands import run_command, run_json
from tests.makers import make_labelled_project

pytestmark = pytest.mark.slow


def test_a_face_is_erased_its_snapshot_succeeded_and_it_cannot_be_erased_again(
    tmp_path: Path,
) -> None:
    labels = [label for label in Expression for _ in range(3)]
    project = make_labelled_project(tmp_path / "project", labels)
    named = ("-p", str(project.folder))
    run_json("freeze", "--name", "set", "--recipe", "even", *named)
    unsure = run_command("erase", "--face", "1", *named)
    assert unsure.returncode != 0  # nobody answered
    assert "1 faces go, with 2 annotations" in unsure.stderr
    erased = run_json("erase", "--face", "1", "--yes", *named)
    assert (erased["faces"], erased["images"], erased["annotations"]) == (1, 1, 2)
    assert erased["successors"] == ["set@2"]
    again = run_command("erase", "--face", "1", "--yes", *named)
    assert again.returncode == 1
    assert "There is no face '1' in the project, so nothing was erased." in " ".join(
        again.stderr.split()
    )
    both = run_command("erase", "--face", "1", "--image", "2", *named)
    assert "Name one of --subject, --face, --image, --source. Received: 2 of them." in " ".join(
        both.stderr.split()
    )
