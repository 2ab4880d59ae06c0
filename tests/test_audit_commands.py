"""`curator settings` and `curator audit`."""

from pathlib import Path

import pytest

from db.labels import Expression
from tests.commands import run_command, run_json
from tests.makers import make_labelled_project

pytestmark = pytest.mark.slow


def test_settings_are_changed_read_and_found_in_the_audit_trail(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", [Expression.SAD] * 2)
    named = ("-p", str(project.folder))
    changed = run_json("settings", "set", "first_votes=3", "order=need", *named)["changed"]
    assert changed == {"first_votes": [2, 3], "order": ["random", "need"]}
    assert run_json("settings", *named)["first_votes"] == 3
    assert "first_votes" in run_command("settings", *named).stdout
    lines = run_json("audit", *named)["lines"]
    assert len(lines) == 5
    assert {"settings changed", "sad"} == {line["what"] for line in lines}
    of_face = run_json("audit", "--face", "2", *named)["lines"]
    assert [line["by"] for line in of_face] == ["bob", "ann"]
    assert "a command" in run_command("audit", *named).stdout
    file = tmp_path / "audit.csv"
    run_json("audit", "--csv", str(file), *named)
    assert len(file.read_text(encoding="utf-8").splitlines()) == 6


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [("first_votes", "Expected NAME=VALUE"), ("colour=1", "A setting is one of")],
)
def test_what_is_no_setting_is_said_in_a_sentence(
    tmp_path: Path, stated: str, sentence: str
) -> None:
    project = make_labelled_project(tmp_path / "project", [])
    ran = run_command("settings", "set", stated, "-p", str(project.folder))
    assert ran.returncode == 1
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr
