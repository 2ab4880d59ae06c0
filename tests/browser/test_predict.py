"""The Predict and the Live page in a real browser, whose camera shows a moving head."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from db.project.project_folder import make_project
from tests.browser.conftest import CHROMIUM_FLAGS, free_port, wait_until_it_answers
from tests.browser.fake_camera import PHOTOS, camera_flags, write_video
from tests.browser.reruns import wait_until_drawn

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
JOB_MS = 300_000

# Waits for a box to be drawn, and tells where its amber begins and ends, as shares of the width.
BOX = """
async (canvas) => {
  for (;;) {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const across = [];
    for (let place = 0; place < pixels.length; place += 4)
      if (pixels[place] > 240 && pixels[place + 2] < 20 && pixels[place + 3] > 200)
        across.push(((place / 4) % canvas.width) / canvas.width);
    if (across.length > 500)
      return across.reduce(([from, to], x) => [Math.min(from, x), Math.max(to, x)], [1, 0]);
    await new Promise(requestAnimationFrame);
  }
}
"""


@dataclass(frozen=True)
class App:
    """The app with its workers, and a standard model."""

    address: str
    video: Path


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    from tests.trainer.promoting import make_promoted  # noqa: PLC0415 - Keras takes seconds

    folder = tmp_path_factory.mktemp("predict")
    project = make_project(folder / "project")
    make_promoted(folder / "run", project.standard_model)
    project.engine.dispose()
    write_video(folder / "head.y4m")
    port = free_port()
    command = [sys.executable, "-m", "curator", "app", "--project", str(folder / "project")]
    process = subprocess.Popen([*command, "--port", str(port)])
    wait_until_it_answers(port)
    yield App(f"http://127.0.0.1:{port}", folder / "head.y4m")
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="module")
def with_camera(app: App, chromium: Browser) -> Iterator[Browser]:
    """Start a second Chromium, which has a camera."""
    browser = chromium.browser_type.launch(
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        args=[*CHROMIUM_FLAGS, *camera_flags(app.video)],
    )
    yield browser
    browser.close()


def opened(browser: Browser, app: App, window: dict[str, int]) -> Page:
    page = browser.new_page(viewport=window)  # type: ignore[arg-type]
    page.goto(f"{app.address}/live")
    return page


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_a_box_with_a_label_follows_the_face_before_the_camera(
    app: App, with_camera: Browser, window: dict[str, int]
) -> None:
    page = opened(with_camera, app, window)
    page.get_by_role("button", name="Start the camera").click()

    expect(page.get_by_text("frames a second")).to_be_visible()
    left, right = page.locator(".live canvas.boxes").evaluate(BOX)
    assert 0.2 < left < right < 0.8
    expect(page.get_by_text("In the picture:")).to_be_visible()
    assert page.locator(".live .shares .bar").count() == 7
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= window["width"], "nothing stands out at the side"

    page.get_by_role("button", name="Stop the camera").click()
    expect(page.locator(".live video")).to_be_hidden()
    assert page.locator(".live video").evaluate("video => video.srcObject") is None
    page.close()


def test_a_frame_is_sent_only_when_the_one_before_is_answered(
    app: App, with_camera: Browser
) -> None:
    page = with_camera.new_page()
    page.add_init_script("""
    window.most = 0; let open = 0;
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (content) {
      if (this.url.endsWith("/api/live")) {
        if (!window.sent) this.addEventListener("message", () => { open -= 1; }, { capture: true });
        window.most = Math.max(window.most, ++open);
        window.sent = (window.sent ?? 0) + 1;
      }
      return send.call(this, content);
    };
    """)
    page.goto(f"{app.address}/live")
    page.get_by_role("button", name="Start the camera").click()
    page.wait_for_function("window.sent > 20")
    assert page.evaluate("window.most") == 1
    page.close()


def test_without_a_camera_the_page_says_so(app: App, page: Page) -> None:
    page.goto(f"{app.address}/live")
    page.get_by_role("button", name="Start the camera").click()
    expect(page.get_by_role("alert").filter(has_text="This device has no camera.")).to_be_visible()
    expect(page.get_by_role("button", name="Start the camera")).to_be_enabled()


def test_a_browser_that_lends_no_camera_here_says_where_it_would(app: App, page: Page) -> None:
    # As it is for a page over plain http from another machine.
    page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    page.goto(f"{app.address}/live")
    page.get_by_role("button", name="Start the camera").click()
    expect(page.get_by_role("alert").filter(has_text="over https, or from")).to_be_visible()


def test_every_face_of_a_photo_is_predicted_and_the_drawn_photo_is_downloaded(
    app: App, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{app.address}/predict")
    page.locator('input[type="file"]').set_input_files(PHOTOS / "scene_0003.jpg")
    page.get_by_role("button", name="Predict", exact=True).click()
    expect(page.get_by_alt_text("the photo with its faces")).to_be_visible(timeout=JOB_MS)
    wait_until_drawn(page)  # a run that ends takes away what was made while it was under way
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download the photo").click()
    downloading.value.save_as(tmp_path / "predicted.jpg")
    assert (tmp_path / "predicted.jpg").read_bytes()[:2] == b"\xff\xd8"

    page.get_by_text("The net for other programs").click()
    for name in ("keras", "onnx", "tflite"):
        expect(page.get_by_role("link", name=f"MiniResNet-net.{name}")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="MiniResNet-net.onnx").click()
    downloading.value.save_as(tmp_path / "net.onnx")
    assert (tmp_path / "net.onnx").stat().st_size > 1_000_000
