"""The whole line of work as a person does it, in a real browser, on the sample data.

With `CURATOR_PICTURES=docs/pictures` it keeps the README's pictures and trains all nets.
"""

import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from db.project.project_folder import make_project
from db.run_folder.benchmark_choices import NET_NAMES
from tests.browser.conftest import App, free_port, press_on, wait_until_it_answers
from tests.browser.reruns import wait_until_drawn
from tests.browser.verifying import confirm, wait_until_painted
from tests.browser.watch import wait_until_all_saved

SAMPLE = Path(__file__).parents[2] / "sample_data"
SCENE = SAMPLE / "photos" / "scene_0003.jpg"
SOURCE_LABELS = 877
"""Labels of `labels.csv` on a face: 872 of an annotator's first word on a picture, and five where
a copy of it got another one."""

PICTURES = os.environ.get("CURATOR_PICTURES")
JOB_MS = 300_000
BENCHMARK_MS = 1_200_000
FAST_NET = "MiniResNet"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Start the app with its workers as a person does."""
    folder = tmp_path_factory.mktemp("end-to-end") / "project"
    make_project(folder).engine.dispose()
    port = free_port()
    command = [sys.executable, "-m", "curator", "app", "--project", str(folder)]
    process = subprocess.Popen([*command, "--port", str(port)])
    wait_until_it_answers(port)
    yield App(folder, port)
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="module")
def sample_zip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("upload") / "sample.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for photo in sorted((SAMPLE / "photos").iterdir()):
            archive.write(photo, photo.name)
    return path


@pytest.fixture
def picture(page: Page) -> Callable[[str], None]:
    """Keep a picture of the page for the README, when one is asked for."""

    def keep(name: str) -> None:
        if PICTURES:
            page.wait_for_timeout(1500)  # charts and pictures come in late
            page.screenshot(path=Path(PICTURES) / f"{name}.png")

    return keep


def wait_for_job(page: Page, kind: str, timeout_ms: int = JOB_MS) -> None:
    """Wait until the job panel says that the job is done."""
    expect(page.get_by_text(f"{kind} (job")).to_be_visible()
    done = page.locator("p", has_text=f"{kind} (job").filter(has_text="done in")
    expect(done).to_be_visible(timeout=timeout_ms)


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for what the server does after the browser."""
    until = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < until, "It did not happen in 30 s."
        time.sleep(0.1)


def test_1_a_zip_with_labels_is_imported_and_its_faces_are_found(
    app: App, page: Page, sample_zip: Path, picture: Callable[[str], None]
) -> None:
    page.goto(app.address("import"))
    page.get_by_text("Label files: tables that say who shows what").click()
    uploaders = page.locator('input[type="file"]')
    uploaders.nth(0).set_input_files(sample_zip)
    uploaders.nth(1).set_input_files(SAMPLE / "labels.csv")
    expect(page.get_by_text("sample.zip")).to_be_visible()
    expect(page.get_by_text("labels.csv")).to_be_visible()
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("Read as Plain photos: 420 images")).to_be_visible()
    expect(page.get_by_alt_text("a face as it would be cut")).to_have_count(10)
    assert app.count("SELECT count(*) FROM images") == 0
    page.get_by_role("textbox", name="Name of the source").fill("sample faces")
    page.get_by_role("textbox", name="Licence or terms of use").fill("CC0-1.0")
    picture("import-preview")
    page.get_by_role("button", name="Import", exact=True).click()
    wait_for_job(page, "Import")
    expect(page.get_by_text("Faces found last")).to_be_visible()
    picture("import")
    assert app.count("SELECT count(*) FROM images") == 408
    assert app.count("SELECT count(*) FROM faces") >= 540
    assert app.count("SELECT count(*) FROM annotations") == SOURCE_LABELS


def test_2_thirty_faces_are_labelled_by_keys_and_one_is_undone(
    app: App, page: Page, picture: Callable[[str], None]
) -> None:
    page.goto(app.address("label"))
    face = page.locator("img[data-face]").first
    seen: list[str] = []
    for number in range(30):
        expect(face).to_be_visible()
        if number == 4:
            picture("label")
        shown = face.get_attribute("data-face")
        assert shown is not None
        assert shown not in seen
        seen.append(shown)
        press_on(page, int(shown), str(number % 7 + 1))
    page.keyboard.press("Backspace")
    press_on(page, int(seen[-1]), "3")
    mine = f"face_id = {seen[-1]} AND id > {SOURCE_LABELS}"
    wait_until(
        lambda: app.count(f"SELECT count(*) FROM annotations WHERE {mine} AND label = 'fear'") == 1
    )
    expect(page.get_by_text("All saved")).to_be_visible()
    newer = f"SELECT count(DISTINCT face_id) FROM annotations WHERE id > {SOURCE_LABELS}"
    assert app.count(newer) == 30


def test_2b_a_page_of_faces_is_verified_by_one_key(
    app: App, page: Page, picture: Callable[[str], None]
) -> None:
    page.goto(app.address("verify"))
    wait_until_painted(page)
    picture("verify")
    faces = confirm(page)
    wait_until_all_saved(page)
    said = "SELECT count(*) FROM annotations WHERE suggested = label AND suggested_by IS NOT NULL"
    assert app.count(said) == len(faces) > 1


def test_3_a_disputed_face_gets_its_final_word_by_a_key(
    app: App, page: Page, picture: Callable[[str], None]
) -> None:
    page.goto(app.address("review"))
    face = page.locator("img[alt^='face ']").first
    expect(face).to_be_visible()
    disputed = str(face.get_attribute("alt")).removeprefix("face ")
    picture("review")
    expect(page.get_by_role("button", name="Skip")).to_be_visible()  # it is drawn last
    wait_until_drawn(page)  # Streamlit binds keys after it has drawn their buttons
    page.keyboard.press("6")
    expect(page.get_by_text(f"Undo the last word (face {disputed})")).to_be_visible()
    assert app.count("SELECT count(*) FROM adjudications") == 1
    assert app.count(f"SELECT label = 'sad' FROM adjudications WHERE face_id = {disputed}") == 1


def test_4_duplicates_are_found_and_shown_in_groups(
    app: App, page: Page, picture: Callable[[str], None]
) -> None:
    page.goto(app.address("duplicates"))
    page.get_by_role("button", name="Find duplicates").click()
    wait_for_job(page, "Duplicates")
    expect(page.get_by_role("button", name="Not duplicates")).to_be_visible()
    picture("duplicates")
    assert app.count("SELECT count(*) FROM duplicate_members WHERE face_id != keeper_id") > 40


def test_5_a_snapshot_is_previewed_frozen_and_downloaded(
    app: App, page: Page, picture: Callable[[str], None]
) -> None:
    page.goto(app.address("snapshot"))
    expect(page.get_by_text("Short of the recipe's targets")).to_be_visible()
    page.get_by_label("Name of the snapshot").fill("sample")
    page.get_by_role("button", name="Freeze").click()
    wait_for_job(page, "Freeze")
    expect(page.get_by_text("sample@1")).to_be_visible()
    picture("snapshot")
    with page.expect_download() as download:
        page.get_by_text("Download folders (zip)").click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        assert archive.testzip() is None
        faces = [name for name in archive.namelist() if name.endswith(".png")]
    assert len(faces) == app.count("SELECT faces FROM snapshots")


def leave_one_net(page: Page) -> None:
    """Leave the net that learns fastest: the contract test of the nets trains each."""
    page.get_by_text("Nets and classifiers").click()
    nets = page.get_by_role("combobox", name="Nets")
    nets.click()
    for _ in NET_NAMES:
        nets.press("Backspace")
    page.keyboard.type(FAST_NET)
    page.get_by_role("option", name=FAST_NET, exact=True).click()
    nets.press("Escape")  # else the list offers the others again
    expect(page.get_by_text(NET_NAMES[0], exact=True)).to_be_hidden()


def test_6_one_click_trains_and_shows_both_tables_and_the_confusion_matrix(
    app: App, page: Page, picture: Callable[[str], None]
) -> None:
    page.goto(app.address("benchmark"))
    if not PICTURES:
        leave_one_net(page)
    page.get_by_role("button", name="Benchmark", exact=True).click()
    wait_for_job(page, "Benchmark", BENCHMARK_MS)
    expect(page.get_by_text("Table I: nets")).to_be_visible()
    expect(page.get_by_text("Table II: classifiers")).to_be_visible()
    picture("benchmark")
    page.get_by_role("tab", name="Confusion").click()
    expect(page.get_by_text("Test faces. sample@1")).to_be_visible()
    page.get_by_role("tab", name="Confusion").evaluate("tab => tab.scrollIntoView()")
    picture("confusion")
    page.get_by_role("button", name="Make it the standard model").click()
    wait_for_job(page, "Promote")


def test_7_the_standard_model_predicts_every_face_of_a_photo(
    app: App, page: Page, picture: Callable[[str], None]
) -> None:
    page.goto(app.address("predict"))
    page.locator('input[type="file"]').set_input_files(SCENE)
    page.get_by_role("button", name="Predict", exact=True).click()
    wait_for_job(page, "Predict")
    expect(page.get_by_alt_text("the photo with its faces")).to_be_visible()
    picture("predict")
