"""A zip is dragged in, its names are mapped, its bar is watched, its faces are looked at."""

import io
import os
import re
import signal
import time
import zipfile
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import App, app_at_work
from tests.browser.test_end_to_end import SAMPLE, wait_for_job
from tests.makers import make_empty_project

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHOTOS = 140
DONE = "SELECT coalesce(max(done), 0) FROM jobs"
FOLDERS = ("happy", "anger", "contentment", "dread")
"""Of the names of the folders the last two mean none of the seven labels."""

DROP = """
(target, [name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dragged = new DataTransfer();
  dragged.items.add(new File([bytes], name, { type: "application/zip" }));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const event = new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: dragged });
    target.dispatchEvent(event);
  }
}
"""
"""What a browser tells a page when a file is dragged onto it and let go."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("import") / "project"
    make_empty_project(folder).engine.dispose()
    with app_at_work(folder) as app:
        yield app


def labelled_zip() -> bytes:
    """Pack photos of one face each, in turn into the folders, and a file that is none."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number, photo in enumerate(sorted(SAMPLE.glob("photos/portrait_*"))[:PHOTOS]):
            archive.write(photo, f"lab/{FOLDERS[number % 4]}/{photo.name}")
        archive.writestr("lab/happy/notes.jpg", "no image")
    return content.getvalue()


def drop(page: Page, name: str, content: bytes) -> None:
    """Drag a file onto the page and let go of it."""
    target = page.get_by_test_id("stFileUploaderDropzone").first
    target.evaluate(DROP, [name, b64encode(content).decode("ascii")])


def choose(page: Page, name: str, meaning: str) -> None:
    """Say what a name means."""
    page.get_by_role("combobox", name=re.compile(f"^{name} ")).click()
    page.get_by_role("option", name=meaning, exact=True).click()
    expect(field(page, name)).to_have_value(meaning)


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=re.compile(f"^{name} "))


NOTE_BAR = """() => {
  window.told = [];
  new MutationObserver(() => {
    for (const bar of document.querySelectorAll("[data-testid=stProgress]"))
      if (window.told.at(-1) !== bar.textContent) window.told.push(bar.textContent);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""
"""Notes all that the bar says, whenever it changes."""


def check_bar_halfway(app: App, page: Page) -> None:
    """Stop the worker on its way and check that the bar stands there and tells the time left.

    How often the bar is seen to move depends on the machine; what it says of a job that
    stands still does not.
    """
    assert app.worker is not None
    while not 0 < app.count(DONE) < PHOTOS + 1:
        assert not app.count("SELECT count(*) FROM jobs WHERE finished_at IS NOT NULL")
        time.sleep(0.01)
    app.worker.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, app.worker.pid, os.WSTOPPED)
    try:
        told = rf"\b{app.count(DONE)} of {PHOTOS + 1}, [\d.]+ images/s, about \d+ \w+ left"
        expect(page.get_by_test_id("stProgress")).to_contain_text(re.compile(told))
    finally:
        app.worker.send_signal(signal.SIGCONT)


def check_told(told: list[str]) -> None:
    """Check that the bar went forwards only."""
    found = [re.search(rf"(\d+) of {PHOTOS + 1}", text) for text in told]
    counted = [int(one[1]) for one in found if one]
    assert counted
    assert counted == sorted(counted)


def test_a_phone_shows_the_page_without_scrolling_sideways(app: App, chromium: Browser) -> None:
    # It comes first: what is discarded leaves nothing to the next.
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    page.goto(app.address("import"))
    page.locator('input[type="file"]').first.set_input_files(
        {"name": "lab.zip", "mimeType": "application/zip", "buffer": labelled_zip()}
    )
    expect(page.get_by_text("lab.zip")).to_be_visible()
    page.get_by_role("button", name="Look at it").tap()
    expect(page.get_by_text("2 names mean none of the seven labels.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Discard").tap()
    page.get_by_role("button", name="Look at it").wait_for()
    phone.close()
    assert list((app.database.parent / "uploads").iterdir()) == []


def test_a_zip_is_dragged_in_and_its_faces_are_found(app: App, page: Page) -> None:
    page.goto(app.address("import"))
    page.get_by_test_id("stFileUploaderDropzone").first.wait_for()
    drop(page, "lab.zip", labelled_zip())
    expect(page.get_by_text("lab.zip")).to_be_visible()
    page.get_by_role("button", name="Look at it").click()

    expect(page.get_by_text("2 names mean none of the seven labels.")).to_be_visible()
    expect(page.get_by_alt_text("a face as it would be cut")).to_have_count(10)
    assert app.count("SELECT count(*) FROM images") == 0
    choose(page, "contentment", "happy")
    choose(page, "dread", "fear")
    page.get_by_role("textbox", name="Licence or terms of use").fill("CC0-1.0")
    page.evaluate(NOTE_BAR)
    page.get_by_role("button", name="Import", exact=True).click()

    check_bar_halfway(app, page)
    wait_for_job(page, "Import")
    check_told(page.evaluate("window.told"))
    expect(page.get_by_text("1 thing to know, by reason")).to_be_visible()
    expect(page.get_by_text("Faces found last")).to_be_visible()
    assert page.get_by_alt_text(re.compile("^face ")).count() == 60
    check_stored(app)
    look_at_faces(page)


def check_stored(app: App) -> None:
    assert app.count("SELECT count(*) FROM images") == PHOTOS
    faces = app.count("SELECT count(*) FROM faces")
    assert faces >= 0.98 * PHOTOS
    with_label = "SELECT count(*) FROM image_labels JOIN images ON images.id = image_id WHERE "
    placed = Counter(
        {
            label: app.count(f"{with_label} label = '{label}'")
            for label in ("happy", "angry", "fear", "sad")
        }
    )
    assert placed == {"happy": PHOTOS // 2, "angry": PHOTOS // 4, "fear": PHOTOS // 4, "sad": 0}
    assert app.count(f"{with_label} label = 'happy' AND name LIKE '%contentment%'") == PHOTOS // 4
    assert app.count(f"{with_label} label = 'fear' AND name LIKE '%dread%'") == PHOTOS // 4
    assert app.count("SELECT count(*) FROM sources WHERE name = 'lab' AND terms = 'CC0-1.0'") == 1
    assert list((app.database.parent / "uploads").iterdir()) == []


def look_at_faces(page: Page) -> None:
    page.get_by_role("link", name="See all faces and their quality").click()
    page.get_by_role("radio", name=re.compile(r"^face \d")).first.click()
    photo = page.get_by_role("dialog").get_by_alt_text("the whole photo")
    expect(photo).to_be_visible()
    assert photo.evaluate("async (image) => { await image.decode(); return image.naturalWidth }")
