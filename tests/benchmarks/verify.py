"""How many faces an hour by verifying pages, against labelling single faces.

`python -m tests.benchmarks.verify` starts a real server with drawn faces and a real
browser, and lets the scripted annotators of `scripted.py` work on both pages. What a person
needs for looking, deciding and pressing is assumed (it is said there), and is the same on
both pages; what the pages need comes on top and is measured. On the label page each face
costs a look, a decision and a key. On the verify page each face costs a look, each wrong
one a decision, the way there by arrow keys and a key, and each page of 24 a decision and a
key. So the ratio falls with the share of wrong suggestions, and with how quickly a person
decides: the single-face page lets a practised one keep up better.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from db.labels import Expression
from tests.benchmarks.scripted import (
    DELIBERATE,
    MACHINE,
    PRACTISED,
    Person,
    cards,
    label_singly,
    verify_pages,
)
from tests.browser.conftest import CHROMIUM_FLAGS, Server, project_with_faces
from tests.browser.verifying import open_verify_page, suggest

PEOPLE = (DELIBERATE, PRACTISED, MACHINE)
SHARES = (0.05, 0.1, 0.2, 0.3)
PAGE = 24
COLUMNS = 8
SPARE = 2 * PAGE
SINGLE_FACES = 48
"""The label page goes at one pace, so that fewer faces tell it."""


@contextmanager
def running(faces: int) -> Iterator[Server]:
    """Serve a new project in which a source calls every face happy."""
    with tempfile.TemporaryDirectory() as folder:
        project = project_with_faces(Path(folder) / "project", faces)
        suggest(project, dict.fromkeys(range(1, faces + 1), Expression.HAPPY))
        server = Server(project)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def faces_an_hour(faces: int, work: Callable[[], int]) -> dict[str, float]:
    """Time a piece of work that goes through so many faces."""
    began = time.perf_counter()
    keys = work()
    seconds = time.perf_counter() - began
    return {"faces_an_hour": round(3600 * faces / seconds), "keys_a_face": round(keys / faces, 2)}


def single(browser: Browser, person: Person, faces: int) -> dict[str, float]:
    """Measure the label page."""
    with running(faces + SPARE) as server, a_page(browser) as page:
        page.goto(f"{server.address}/label")
        page.locator(".stage img").wait_for(timeout=60_000)
        page.wait_for_timeout(1500)  # views are decoded ahead
        return faces_an_hour(faces, lambda: label_singly(page, person, faces))


def verified(browser: Browser, person: Person, faces: int, share: float) -> dict[str, float]:
    """Measure the verify page where this share of the suggestions is wrong."""
    with running(faces + SPARE) as server, a_page(browser) as page:
        open_verify_page(page, server)
        page.wait_for_timeout(1500)
        dealt = cards(faces, share, seed=0)
        return faces_an_hour(faces, lambda: verify_pages(page, person, dealt, COLUMNS))


@contextmanager
def a_page(browser: Browser) -> Iterator[Page]:
    """Open a window of 1280 x 800 that has nothing from before."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def measure(browser: Browser, faces: int) -> list[dict[str, object]]:
    """Measure each person on both pages: one row a person and share of wrong suggestions."""
    rows: list[dict[str, object]] = []
    for person in PEOPLE:
        rival = single(browser, person, SINGLE_FACES)
        for share in SHARES:
            ours = verified(browser, person, faces, share)
            ratio = round(ours["faces_an_hour"] / rival["faces_an_hour"], 2)
            facts = {"person": person.name, "wrong": share, "ratio": ratio}
            rows.append({**facts, "single": rival, "verify": ours})
    return rows


def table(rows: list[dict[str, object]]) -> Table:
    """Lay out the figures."""
    made = Table("annotator", "wrong", "single faces/h", "verify faces/h", "keys a face", "ratio")
    for row in rows:
        rival, ours = row["single"], row["verify"]
        assert isinstance(rival, dict)
        assert isinstance(ours, dict)
        made.add_row(
            str(row["person"]),
            f"{row['wrong']:.0%}",
            f"{rival['faces_an_hour']:,}",
            f"{ours['faces_an_hour']:,}",
            str(ours["keys_a_face"]),
            f"{row['ratio']} x",
        )
    return made


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=5, help=f"of {PAGE} faces, for each figure")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        rows = measure(browser, asked.pages * PAGE)
        browser.close()
    if asked.json:
        Console(soft_wrap=True).print_json(json.dumps({"verify": rows}))
    else:
        Console().print(table(rows))


if __name__ == "__main__":
    main()
