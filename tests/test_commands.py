import zipfile
from pathlib import Path

import pytest

from curator.core.snapshots.recipe import PRESETS
from db.labels import Expression
from tests.commands import run_command, run_json
from tests.makers import make_labelled_project

PHOTOS = Path(__file__).parents[1] / "sample_data" / "photos"
LABELS = [label for label in Expression for _ in range(3)]

pytestmark = pytest.mark.slow

COMMANDS = ["init", "import", "detect", "dedup", "settle", "freeze", "export", "verify", "status"]


@pytest.mark.parametrize("command", [*COMMANDS, "app", "people", "audit", "settings", "agreement"])
def test_every_command_explains_itself(command: str) -> None:
    ran = run_command(command, "--help")
    assert ran.returncode == 0
    assert "Usage" in ran.stdout


def test_a_zip_is_imported_once_with_its_labels_and_broken_files_are_named(tmp_path: Path) -> None:
    names = ["portrait_0001.jpg", "portrait_0002.jpg", "scene_0001.jpg", "broken_0002.jpg"]
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        for name in names:
            archive.write(PHOTOS / name, name)
        rows = ("image,label", "portrait_0001.jpg,Anger", "portrait_0002.jpg,contempt")
        archive.writestr("legend.csv", "\n".join(rows))
    project = str(tmp_path / "project")
    run_json("init", project)
    arguments = ("import", str(tmp_path / "photos.zip"), "--legend", "legend.csv", "-p", project)
    first, again = run_json(*arguments), run_json(*arguments)
    assert (first["imported"], first["labels_placed"]) == (3, 1)
    assert {issue["item"] for issue in first["issues"]} >= {"broken_0002.jpg"}
    assert "contempt" in str(first["issues"])
    assert (again["imported"], again["faces"]) == (0, 0)


def test_from_settled_faces_to_an_export_by_commands(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS)
    named = ("-p", str(project.folder))
    assert run_json("settle", "--min-votes", "1", *named)["settled"] == 21
    assert run_json("dedup", *named)["groups"] == 0
    frozen = run_json("freeze", "--name", "set", "--recipe", "even", *named)
    assert frozen["title"] == "set@1"
    verified = run_json("verify", "set@1", *named)
    assert verified == {
        "title": "set@1",
        "content_hash": frozen["content_hash"],
        "problems": [],
    }
    out = tmp_path / "out"
    assert run_json("export", "set@1", str(out), "--format", "csv", *named)["files"] == 27
    assert (out / "labels.csv").is_file()
    crop = next((project.folder / frozen["folder"] / "crops").iterdir())
    crop.write_bytes(b"changed")
    damaged = run_command("verify", "set@1", *named)
    assert damaged.returncode == 1
    assert f"crops/{crop.name} has been changed" in damaged.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("status", "-p", "nowhere"), 1, "nowhere holds no project"),
        (("verify", "9k@9", "-p", "."), 1, "There is no snapshot '9k@9'"),
        (("freeze", "--name", "x", "--recipe", "mine.json", "-p", "{project}"), 1, "mine.json"),
        (("import", "no-such-folder", "-p", "{project}"), 2, "does not exist"),
        (("dedup", "--distance", "65", "-p", "{project}"), 2, "--distance"),
        (("settle", "--min-share", "0.4", "-p", "{project}"), 1, "above 0.5"),
        (("app", "--host", "192.0.2.1", "-p", "{project}"), 1, "curator people add"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_without_a_traceback(
    arguments: tuple[str, ...], code: int, sentence: str, tmp_path: Path
) -> None:
    project = make_labelled_project(tmp_path / "project", [])
    ran = run_command(*(part.format(project=project.folder) for part in arguments))
    assert ran.returncode == code
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""


def test_an_account_is_made_listed_and_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_labelled_project(tmp_path / "project", [])
    monkeypatch.setenv("CURATOR_PASSWORD", "correct horse battery")
    named = ("-p", str(project.folder))
    assert run_command("people", "add", "eva", "--role", "owner", *named).returncode == 0
    assert run_command("people", "close", "eva", *named).returncode == 0
    people = run_json("people", "list", *named)["people"]
    assert {"name": "eva", "role": "owner", "state": "closed", "signs_in_by": "password"} in people


def test_an_account_without_a_password_is_made_bound_to_an_address_and_signed_out(
    tmp_path: Path,
) -> None:
    project = make_labelled_project(tmp_path / "project", [])
    named = ("-p", str(project.folder))
    refused = run_command("people", "add", "eva", "--no-password", *named)
    assert (refused.returncode, "needs --email" in refused.stderr) == (1, True)
    email = ("--email", "Eva@lab.example", "--no-password")
    assert run_command("people", "add", "eva", *email, *named).returncode == 0
    assert run_command("people", "role", "eva", "reviewer", *named).returncode == 0
    assert run_command("people", "email", "eva", "eva@new.example", *named).returncode == 0
    assert run_command("people", "sign-out", "eva", *named).returncode == 0
    account = {"name": "eva", "role": "reviewer", "state": "open", "signs_in_by": "eva@new.example"}
    assert account in run_json("people", "list", *named)["people"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--oidc-issuer", "https://id.example"), "needs --oidc-issuer, --oidc-client-id and"),
        (
            ("--oidc-issuer=http://id.example", "--oidc-client-id=c", "--address=https://a"),
            "Expected an address with https://",
        ),
        (("--oidc-secret-file", "nowhere"), "needs --oidc-issuer, --oidc-client-id and"),
    ],
)
def test_a_provider_that_is_told_by_halves_is_refused_before_the_app_starts(
    tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    project = make_labelled_project(tmp_path / "project", [])
    ran = run_command("app", "-p", str(project.folder), *options)
    assert ran.returncode == 1
    assert message in ran.stderr.replace("\n", " ")


def test_agreement_and_the_method_of_consensus_by_commands(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS)
    named = ("-p", str(project.folder))
    settled = run_json("settle", "--method", "dawid-skene", *named)
    assert (settled["rule"]["method"], settled["settled"]) == ("dawid-skene", 21)
    assert run_json("settle", *named)["rule"]["method"] == "dawid-skene"
    found = run_json("agreement", *named)
    assert (found["compared"], found["agreement"]["share"]["value"]) == (21, 1)
    assert found["pairs"][0]["kappa"]["value"] == 1
    assert "Cohen's kappa" in run_command("agreement", *named).stdout


def test_presets_are_named_in_the_help_of_freeze() -> None:
    assert all(name in run_command("freeze", "--help").stdout for name in PRESETS)
