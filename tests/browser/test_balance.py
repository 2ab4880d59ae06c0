"""A short class is said before freezing, scaled down, and sent to annotators.

With `CURATOR_PICTURES=folder` it keeps pictures of the page, wide and on a phone.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from db.labels import Expression
from db.project.project_folder import Project
from tests.browser.conftest import App, app_at_work, shown_face
from tests.browser.reruns import rerun, wait_until_unfolded, watch_reruns
from tests.browser.test_end_to_end import wait_for_job
from tests.makers import annotate, make_face, make_labelled_project

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHORT = "disgust: wanted 6, there are 2 settled of good quality; 3 more are unsettled"
OWN = {"Disgust": 6, "Happy": 3}


def make_short_project(folder: Path) -> tuple[Project, set[int]]:
    """Two faces are settled as disgust and four as happy; of 3 of 15 others one says disgust."""
    labels = [Expression.DISGUST] * 2 + [Expression.HAPPY] * 4
    project = make_labelled_project(folder, labels)
    with project.writing() as session:
        faces = [make_face(project, session, seed=seed) for seed in range(50, 65)]
        leaning = set(faces[4:13:4])
        for face in leaning:
            annotate(session, face, {1: Expression.DISGUST})
        session.commit()
    project.engine.dispose()
    return project, leaning


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, set[int]]]:
    """Start the app with its workers on such a project, whose annotations no test changes."""
    project, leaning = make_short_project(tmp_path_factory.mktemp("balance") / "project")
    with app_at_work(project.folder) as app:
        yield app, leaning


def keep_picture(page: Page, name: str) -> None:
    folder = os.environ.get("CURATOR_PICTURES")
    size = page.viewport_size
    if folder and size:
        page.set_viewport_size({"width": size["width"], "height": 3200})  # it scrolls inside
        page.wait_for_timeout(1500)  # tables are drawn late
        page.screenshot(path=Path(folder) / f"{name}.png")
        page.set_viewport_size(size)


def fill(page: Page, label: str, count: int) -> None:
    """Ask for so many faces of a label."""
    box = page.get_by_label(label, exact=True)
    if box.input_value() != str(count):
        with rerun(page):
            box.fill(str(count))
            box.press("Enter")


def ask_for_own(page: Page, app: App) -> None:
    """Open the page and ask for six of disgust, three of happy and none of the others."""
    watch_reruns(page)
    with rerun(page):
        page.goto(app.address("snapshot"))
    page.get_by_role("combobox", name="Recipe").click()
    with rerun(page):
        page.get_by_role("option", name="own counts").click()
    for label in map(str.capitalize, Expression):
        fill(page, label, OWN.get(label, 0))
    expect(page.get_by_text(SHORT)).to_be_visible()


def test_a_short_class_is_said_scaled_down_and_sent_to_annotators(
    page: Page, short: tuple[App, set[int]]
) -> None:
    app, leaning = short
    ask_for_own(page, app)
    expect(page.get_by_text("5 faces would be frozen")).to_be_visible()
    keep_picture(page, "balance-short")
    page.get_by_role("button", name="Scale all down to 33%").click()
    expect(page.get_by_text("3 faces would be frozen")).to_be_visible()
    expect(page.get_by_text("Short of the recipe's targets")).to_have_count(0)
    assert page.get_by_label("Disgust", exact=True).input_value() == "2"
    assert page.get_by_label("Happy", exact=True).input_value() == "1"

    fill(page, "Disgust", 6)
    page.get_by_role("button", name="Send annotators these faces next").click()
    expect(page.get_by_text("Annotators get what this recipe lacks first")).to_be_visible()
    wait_for_job(page, "Order")
    assert app.count("SELECT face_order = 'need' FROM settings") == 1
    noted = "SELECT count(*) FROM changes WHERE what = 'settings changed' AND by_id IS NOT NULL"
    assert app.count(noted) == 1
    page.goto(app.address("label"))
    assert shown_face(page) in leaning


def test_a_floor_that_costs_faces_is_dropped_at_a_click(
    page: Page, short: tuple[App, set[int]]
) -> None:
    app, _ = short
    ask_for_own(page, app)
    page.get_by_text("More choices").click()
    wait_until_unfolded(page)  # a list closes when what is below it moves
    box = page.get_by_role("combobox", name="Sources held to a share of the set")
    box.click()
    box.fill("drawn")
    page.get_by_role("option", name="drawn").wait_for()
    with rerun(page):
        box.press("Enter")
    box.press("Tab")
    handle = page.get_by_role("slider").last
    handle.focus()
    with rerun(page):
        handle.press("Home")
    expect(page.get_by_text("may make 0% of the set together")).to_be_visible()
    expect(page.get_by_role("button", name="Freeze")).to_have_count(0)
    page.get_by_text("Deal each face to the splits alone, for comparison").click()
    expect(page.get_by_text("Scores on such splits come out too high")).to_be_visible()
    keep_picture(page, "balance-choices")
    page.get_by_role("button", name="Drop the share of drawn: 5 more").click()
    expect(page.get_by_text("5 faces would be frozen")).to_be_visible()


def test_a_phone_shows_it_without_scrolling_sideways(
    chromium: Browser, short: tuple[App, set[int]]
) -> None:
    app, _ = short
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    ask_for_own(page, app)
    page.get_by_text("More choices").click()
    expect(page.get_by_role("spinbutton", name="Most faces")).to_be_visible()
    keep_picture(page, "balance-phone")
    width = page.evaluate("document.documentElement.scrollWidth")
    phone.close()
    assert width == 390
