"""Scripted annotators: they press real keys in a real browser, and take a person's time.

The time is that of the keystroke-level model (Card, Moran and Newell 1980): a task is the
sum of its key presses and mental acts. Faces are looked at one after the other, also on a
grid, and nothing is done while another thing is; so a person with a quick hand does better.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from playwright.sync_api import Page


@dataclass(frozen=True)
class Person:
    """How long a person takes for what.

    Attributes:
        name: What the table calls this person.
        look_seconds: To look at one face: one fixation, about a quarter of a second.
        decide_seconds: To decide what a face shows, or that a page is done.
        key_seconds: To press one key.
    """

    name: str
    look_seconds: float
    decide_seconds: float
    key_seconds: float


DELIBERATE = Person("deliberate", look_seconds=0.25, decide_seconds=1.2, key_seconds=0.2)
"""A mental act of 1.2 s for each choice (Olson and Olson 1990), keys of an average typist."""

PRACTISED = Person("practised", look_seconds=0.25, decide_seconds=0.45, key_seconds=0.2)
"""A choice among seven as a reaction: 0.15 s a bit (Hick's law), log2(7 + 1) bits."""

MACHINE = Person("machine", look_seconds=0, decide_seconds=0, key_seconds=0)
"""Nobody: as fast as the pages go."""

_PARTS = "[...document.querySelectorAll('*')].map((part) => part.shadowRoot).filter(Boolean)"
_NEXT_FACE = f"""(before) => {{
  const face = {_PARTS}.map((root) => root.querySelector(".stage img[data-face]")).find(Boolean);
  return face && face.dataset.face !== before && face.dataset.face;
}}"""
_NEXT_PAGE = f"""(before) => {{
  const root = {_PARTS}.find((root) => root.querySelector("button.confirm:enabled"));
  const faces = root && [...root.querySelectorAll(".cell")].map((cell) => cell.dataset.face);
  return faces?.length && faces[0] !== before && faces;
}}"""
_TAKEN_OR_ASKED = f"""(first) => {{
  const root = {_PARTS}.find((root) => root.querySelector(".verifier"));
  if (root.querySelector(".told").textContent.startsWith("That was quicker")) return "asked";
  return root.querySelector(`.cell[data-face="${{first}}"]`) ? false : "taken";
}}"""


def think(page: Page, seconds: float) -> None:
    """Let the time pass that a person needs."""
    if seconds:
        page.wait_for_timeout(seconds * 1000)


def label_singly(page: Page, person: Person, faces: int) -> int:
    """Label faces one by one: look, decide, press, wait for the next to be painted.

    Returns:
        How many keys it took.
    """
    face = "0"
    for _ in range(faces):
        face = str(page.wait_for_function(_NEXT_FACE, arg=face).json_value())
        think(page, person.look_seconds + person.decide_seconds + person.key_seconds)
        page.keyboard.press("4")
    page.wait_for_function(_NEXT_FACE, arg=face)
    return faces


def verify_pages(page: Page, person: Person, is_wrong: Iterable[bool], columns: int) -> int:
    """Verify page after page: look at each face, put the wrong ones right, confirm.

    A wrong face costs the decision what it shows, an arrow key for each step of the cursor
    on the way there, and its label's key; a page costs the decision that it is done.

    Args:
        is_wrong: Of each face in the order of the pages, whether its suggestion is wrong.
        columns: Of the grid.

    Returns:
        How many keys it took.
    """
    keys, first = 0, "0"
    cards = deque(is_wrong)
    while cards:
        faces = page.wait_for_function(_NEXT_PAGE, arg=first).json_value()
        first = faces[0]
        keys += _correct(page, person, [cards.popleft() for _ in faces if cards], columns)
        think(page, person.decide_seconds)
        keys += _confirm(page, person, first)
    return keys


def _correct(page: Page, person: Person, is_wrong: list[bool], columns: int) -> int:
    at = keys = 0
    for place, wrong in enumerate(is_wrong):
        think(page, person.look_seconds)
        if wrong:
            think(page, person.decide_seconds)
            for key in [*_way(at, place, columns), "6"]:
                think(page, person.key_seconds)
                page.keyboard.press(key)
                keys += 1
            at = place
    return keys


def _way(start: int, end: int, columns: int) -> list[str]:
    down, across = end // columns - start // columns, end % columns - start % columns
    return ["ArrowDown"] * down + ["ArrowRight" if across > 0 else "ArrowLeft"] * abs(across)


def _confirm(page: Page, person: Person, first: str) -> int:
    think(page, person.key_seconds)
    page.keyboard.press("Enter")
    if page.wait_for_function(_TAKEN_OR_ASKED, arg=first).json_value() == "taken":
        return 1
    page.keyboard.press("Enter")  # only who is quicker than any person is asked again
    return 2


def cards(faces: int, share: float, seed: int) -> list[bool]:
    """Deal which suggestions are wrong: exactly a share of them, in an order of chance."""
    wrong = round(faces * share)
    dealt = [True] * wrong + [False] * (faces - wrong)
    Random(seed).shuffle(dealt)  # noqa: S311 - no secret
    return dealt
