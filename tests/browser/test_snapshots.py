"""A recipe is previewed and checked, frozen twice, compared, taken away and opened.

With `CURATOR_PICTURES=folder` it keeps pictures of the page, wide and on a phone.
"""

import io
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from db.labels import Expression
from tests.browser.conftest import App, app_at_work
from tests.browser.reruns import rerun, wait_until_drawn, watch_reruns
from tests.browser.test_balance import keep_picture
from tests.browser.test_end_to_end import wait_for_job
from tests.makers import make_labelled_project

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LABELS = [label for label in Expression for _ in range(8)]
RELABELLED = 1


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Start the app with its workers on eight faces a label, which ann and bob agree on.

    Each test freezes under a name of its own.
    """
    folder = tmp_path_factory.mktemp("snapshots") / "project"
    project = make_labelled_project(folder, LABELS, subjects=28)
    project.engine.dispose()
    with app_at_work(project.folder) as app:
        yield app


def say_that_face_1_is_surprised(app: App) -> None:
    """Let a reviewer say another final word on the first face, which was angry."""
    with sqlite3.connect(app.database) as database:
        database.execute(
            "INSERT INTO adjudications (face_id, annotator_id, label, stored_at) "
            "VALUES (?, 1, 'surprise', strftime('%Y-%m-%d %H:%M:%f000', 'now'))",
            (RELABELLED,),
        )
    database.close()


def freeze(page: Page, title: str) -> None:
    page.get_by_label("Name of the snapshot").fill(title.partition("@")[0])
    page.get_by_role("button", name="Freeze", exact=True).click()
    expect(page.get_by_text(f"{title} ·")).to_be_visible()
    wait_until_drawn(page)


def open_page(page: Page, app: App) -> None:
    """Open the page on `paper-9k`, which takes all that there is of so few faces."""
    watch_reruns(page)
    with rerun(page):
        page.goto(app.address("snapshot"))
    expect(page.get_by_text("56 faces would be frozen")).to_be_visible()


def choose(page: Page, box: str, option: str) -> None:
    page.get_by_role("combobox", name=box).click()
    page.keyboard.type(option)
    with rerun(page):
        page.get_by_role("option").filter(has_text=option).first.click()


def test_a_recipe_is_checked_frozen_compared_and_taken_away(page: Page, app: App) -> None:
    open_page(page, app)
    page.get_by_text("Show their agreement and quality").click()
    page.get_by_role("button", name="Check its splits for leaks").click()
    wait_for_job(page, "Check")
    expect(page.get_by_text("no picture, subject or video of 56 faces stood")).to_be_visible()
    freeze(page, "set@1")
    keep_picture(page, "snapshots-frozen")

    say_that_face_1_is_surprised(app)
    open_page(page, app)
    freeze(page, "set@2")
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_role("tab", name="1 relabelled").click()
    expect(page.get_by_text("angry → surprise")).to_be_visible()
    expect(page.get_by_text("final word: ann said surprise")).to_be_visible()
    keep_picture(page, "snapshots-compared")

    choose(page, "Format", "csv")
    choose(page, "Labels", "shares of its votes too")
    with page.expect_download() as download:
        page.get_by_text("Download csv (zip)").click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        assert archive.testzip() is None
        (table,) = (name for name in archive.namelist() if name.endswith("labels.csv"))
        faces = pd.read_csv(io.BytesIO(archive.read(table)))
        pictures = [name for name in archive.namelist() if name.endswith(".png")]
    assert len(faces) == len(pictures) == 56
    assert faces.filter(like="soft_").sum(axis="columns").round(9).eq(1).all()


def test_a_changed_byte_is_named_and_an_export_waits_for_whoever_asked(
    page: Page, app: App
) -> None:
    open_page(page, app)
    freeze(page, "taken@1")
    page.get_by_role("button", name="Compare every byte with what was frozen").click()
    expect(page.get_by_text("taken@1 is as it was frozen, byte for byte.")).to_be_visible()
    page.get_by_role("button", name="Have it made by a job").click()
    wait_for_job(page, "Export")
    with page.expect_download() as download:
        page.get_by_role("link", name="taken@1-folders").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".png")]) == 56

    readme = app.database.parent / "snapshots" / "taken@1" / "README.md"
    readme.chmod(0o644)
    readme.write_text(readme.read_text() + "I add a line.\n")
    page.get_by_role("button", name="Compare every byte with what was frozen").click()
    expect(page.get_by_text("README.md has been changed")).to_be_visible()


def test_a_phone_shows_it_without_scrolling_sideways(page: Page, app: App) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, app)
    freeze(page, "phone@1")
    page.get_by_text("Data card").click()
    expect(page.get_by_text("Who labelled, and how far they agree")).to_be_visible()
    keep_picture(page, "snapshots-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
