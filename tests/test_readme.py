"""Every command of the README and of `docs/` is run, in its order, in a folder of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from curator.steps.people.accounts import local_person
from db.labels import Expression
from db.project.project_folder import open_project
from db.tables import Face
from tests.commands import run_command, run_json
from tests.doc_pages import NAMES, PAGES, README, ROOT, blocks
from tests.forked_programs import forked_programs
from tests.makers import NOW, annotate, make_empty_project, make_face

LABELLING = "# Now label, on the page Label.\n"
INSTALLED = Path(sys.executable).parent
OWN_PHOTOS = 84
LABELS = list(Expression)


def script(page: Path) -> str:
    return "".join(block.text for block in blocks(page, "sh"))


def run(commands: str, folder: Path, programs: Path = INSTALLED, **variables: str) -> str | None:
    """Run commands as a person would type them; return why they stopped, if they did."""
    path = f"{programs}:{os.environ['PATH']}"
    ran = subprocess.run(
        ["sh", "-eux", "-c", commands],
        cwd=folder,
        env={**os.environ, "PATH": path, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stderr[-3000:] if ran.returncode else None


def lay_out(folder: Path) -> None:
    """Put there what the README's commands find: the sample data, and photos of one's own."""
    photos = ROOT / "sample_data" / "photos"
    shutil.copytree(photos, folder / "sample_data" / "photos")
    shutil.copy(ROOT / "sample_data" / "labels.csv", folder / "sample_data")
    (folder / "my-photos").mkdir()
    for photo in sorted(photos.glob("portrait_*"))[:OWN_PHOTOS]:
        shutil.copy(photo, folder / "my-photos")


def label_alone(folder: Path) -> None:
    """Do as the one person of a project without accounts does on the Label page."""
    with open_project(folder).writing() as session:
        me = local_person(session, NOW).id
        for number, face in enumerate(session.scalars(select(Face.id).order_by(Face.id)).all()):
            annotate(session, face, {me: LABELS[number % len(LABELS)]})
        session.commit()


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_the_commands_of_every_page_run_in_their_order(tmp_path: Path) -> None:
    folder = tmp_path / "readme"
    lay_out(folder)
    with forked_programs() as programs:
        run_readme(folder, programs)
        stopped = {}
        for name, page in zip(NAMES, PAGES, strict=True):
            if page != README and script(page):
                own = tmp_path / page.stem
                shutil.copytree(folder, own)
                # Whoever types them is asked for a password; a script names it.
                known = {"CURATOR_PROJECT": "demo", "CURATOR_PASSWORD": "correct horse battery"}
                if (why := run(script(page), own, programs, **known)) is not None:
                    stopped[name] = why
                shutil.rmtree(own)
    assert stopped == {}


def run_readme(folder: Path, programs: Path) -> None:
    """Run the first hour with the programs as they are installed, then the list of commands."""
    *first_hour, commands = (block.text for block in blocks(README, "sh"))
    before, after = "".join(first_hour).split(LABELLING)
    assert run(before, folder) is None
    label_alone(folder / "mine")
    assert run(after, folder) is None
    assert run(commands, folder, programs) is None
    mine, demo = (run_json("status", "-p", str(folder / name)) for name in ("mine", "demo"))
    assert (mine["settled"], mine["snapshots"]) == (OWN_PHOTOS, 1)
    assert (demo["images"], demo["snapshots"]) == (408, 2)
    assert (folder / "first-run" / "figures.json").is_file()
    assert (folder / "model" / "card.json").is_file()
    assert list((folder / "exported" / "test" / "happy").glob("*.png"))


@pytest.mark.slow
def test_one_vote_settles_nothing_until_the_project_and_the_recipe_say_so(tmp_path: Path) -> None:
    """What the README tells somebody who labels alone."""
    project = make_empty_project(tmp_path / "project")
    with project.writing() as session:
        for seed in range(1, 22):
            make_face(project, session, seed=seed)
        session.commit()
    label_alone(project.folder)
    named = ("-p", str(project.folder))
    assert run_json("status", *named)["settled"] == 0
    run_json("settings", "set", "min_votes=1", "first_votes=1", "lead_by=0", "most_votes=1", *named)
    assert run_json("status", *named)["settled"] == 21
    for preset in ("even", "paper-9k"):
        frozen = run_command("freeze", "--name", "set", "--recipe", preset, *named)
        assert (frozen.returncode, "chooses no face" in frozen.stderr) == (1, True)
    alone = tmp_path / "alone.json"
    alone.write_text(json.dumps({"rule": {"min_votes": 1}}))
    assert run_json("freeze", "--name", "set", "--recipe", str(alone), *named)["faces"] == 21
