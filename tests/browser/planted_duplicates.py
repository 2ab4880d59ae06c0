"""Planted duplicate groups, the duplicates page opened on them, and what it shows."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page

from curator.steps.people.accounts import local_person
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.duplicates import Match
from tests.browser.conftest import NOW, Server, next_frame
from tests.makers import annotate, make_annotator, make_empty_project, make_face, make_pixels
from tests.steps.duplicates.deciding import make_pairs

A_LOOK_MS = 200
"""Longer than the page takes for too quick."""


def plant(
    folder: Path,
    groups: Sequence[Sequence[int]],
    labels: Mapping[int, Expression] | None = None,
) -> Project:
    """Make a project whose faces, numbered from 1, are paired in these groups.

    Args:
        labels: What faces are settled on.
    """
    project = make_empty_project(folder)
    with project.writing() as session:
        local_person(session, NOW)
        people = [make_annotator(session, name) for name in ("ann", "bob")]
        pictures = {face: number for number, faces in enumerate(groups, 1) for face in faces}
        for face in range(1, max(pictures) + 1):
            pixels = make_pixels(pictures.get(face, 1000 + face))
            assert make_face(project, session, seed=face, pixels=pixels) == face
        for face, label in (labels or {}).items():
            annotate(session, face, dict.fromkeys(people, label))
        for faces in groups:
            make_pairs(session, faces, Match.PIXELS)
        session.commit()
    return project


def open_duplicates(page: Page, server: Server, faces: Sequence[int]) -> None:
    """Open the page and wait until a group stands there that can be decided on."""
    page.goto(f"{server.address}/duplicates")
    wait_for_group(page, faces)


def wait_for_group(page: Page, faces: Sequence[int]) -> None:
    """Wait until these are the faces of the group in focus, and for as long as a look takes."""
    page.wait_for_function(_SHOWS, arg=list(faces))
    next_frame(page)  # a look begins with the frame in which all of them are painted
    page.wait_for_timeout(A_LOOK_MS)


_SHOWS = """(faces) => [...document.querySelectorAll("*")].some((part) => {
  const cards = [...(part.shadowRoot?.querySelectorAll(".faces .card") ?? [])];
  const isSeen = (card, at) => card.dataset.face === String(faces[at]) && card.querySelector("img");
  return cards.length === faces.length && cards.every(isSeen);
})"""


def focused_face(page: Page) -> int:
    """Say which face the keys are for."""
    card = page.locator(".faces .card[aria-current=true]")
    return int(str(card.get_attribute("data-face")))


def wait_until_stored(page: Page) -> None:
    """Wait until the server has said of every decision that it is stored."""
    page.locator(".saved[data-waiting='0']").wait_for()


def only(page: Page, title: str) -> Locator:
    """Return the choice of a kind of groups, with its count."""
    return page.get_by_role("radio", name=re.compile(rf"^{title} \("))


def standing(server: Server) -> list[tuple[str, int, int | None]]:
    """Read the decisions that stand, in order: ruling, faces."""
    return server.rows(
        "SELECT ruling, face_id, other_id FROM duplicate_decisions"
        " WHERE undone_at IS NULL ORDER BY id"
    )


def members(server: Server) -> list[tuple[int, int]]:
    """Read the groups: keeper and face."""
    return server.rows("SELECT keeper_id, face_id FROM duplicate_members ORDER BY 1, 2")
