"""Faces that a source has labelled, and the verify page opened on them."""

import sqlite3
from collections.abc import Mapping
from uuid import uuid4

from playwright.sync_api import Locator, Page

from curator.steps.project.settings import settings
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.annotations import Annotation
from db.tables.people import Annotator, Role
from tests.browser.conftest import NOW, Server

ORIGIN = "source:drawn"
Said = tuple[int, str | None, str | None, str | None, str | None]
A_LOOK_MS = 50
"""For a face: longer than the page takes for too quick."""


def suggest(project: Project, labels: Mapping[int, Expression]) -> None:
    """Store labels of the source by face, and keep none of them hidden."""
    with project.writing() as session:
        source = Annotator(name="whoever drew them", role=Role.SOURCE, created_at=NOW)
        chosen = settings(session)
        chosen.hidden_share = 0
        session.add_all([source, chosen])
        session.flush()
        for face_id, label in labels.items():
            uuid, by = str(uuid4()), source.id
            said = Annotation(uuid=uuid, face_id=face_id, annotator_id=by, label=label)
            said.stored_at = NOW
            session.add(said)
        session.commit()


def open_verify_page(page: Page, server: Server, label: str = "Happy") -> None:
    """Open the page at what the source says and wait until its faces are painted."""
    page.goto(f"{server.address}/verify")
    choose_queue(page, label)
    wait_until_painted(page)


def choose_queue(page: Page, label: str) -> None:
    """Choose a label of the source in the list."""
    options = page.locator("optgroup[label='what the source drawn says'] option")
    wanted = options.filter(has_text=f"{label}:")
    wanted.wait_for(state="attached")
    page.locator("select.queues").select_option(value=wanted.get_attribute("value"))


def wait_until_painted(page: Page) -> None:
    """Wait until the page on the screen can be confirmed."""
    page.locator("button.confirm:enabled").wait_for()


def faces_on(page: Page) -> list[int]:
    """List the faces of the page, in order."""
    wait_until_painted(page)
    found: list[int] = page.locator(".cell").evaluate_all(
        "(cells) => cells.map((c) => +c.dataset.face)"
    )
    return found


def look_at_faces(page: Page) -> list[int]:
    """Look at the page for long enough and return its faces, in order."""
    faces = faces_on(page)
    page.wait_for_timeout(A_LOOK_MS * len(faces))
    return faces


def confirm(page: Page) -> list[int]:
    """Look for long enough, confirm by key, and return the faces that were there."""
    faces = look_at_faces(page)
    page.keyboard.press("Enter")
    page.wait_for_function(_SHOWS_OTHERS, arg=str(faces[0]))
    return faces


_SHOWS_OTHERS = """(face) => ![...document.querySelectorAll("*")].some(
  (part) => part.shadowRoot?.querySelector(`.cell[data-face="${face}"]`))"""


def cell(page: Page, face: int) -> Locator:
    """Return the cell of a face."""
    return page.locator(f".cell[data-face='{face}']")


def said_of(server: Server) -> list[Said]:
    """Read what people said, in order: face, label, flag, what was suggested and by whom."""
    database = sqlite3.connect(server.project.folder / "project.sqlite")
    rows = database.execute(
        "SELECT face_id, label, flag, suggested, suggested_by FROM annotations"
        " JOIN annotators ON annotators.id = annotator_id WHERE role != 'source'"
        " ORDER BY annotations.id"
    )
    found = rows.fetchall()
    database.close()
    return found
