"""Note what a labeller saw and did, apart from what the page says of itself."""

import itertools
import time

from playwright.sync_api import Page

from tests.browser.conftest import Server, press_on_shown

LABELS = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]

# Set up before the page's own scripts. For each digit it notes, apart from the labeller, which
# face had been painted when the key went down, and when the next one was; and it notes what
# the labeller says it took.
WATCH = """
window.seen = []; window.taken = []; window.paints = []; window.asking = 0;
const ask = window.fetch;
window.fetch = (...all) => {
  window.asking += 1;
  return ask(...all).finally(() => { window.asking -= 1; });
};
performance.setResourceTimingBufferSize(10_000);
const stage = () => [...document.querySelectorAll("*")]
  .map((part) => part.shadowRoot?.querySelector(".stage")).find(Boolean);
let box = null, before = null, down = null;
const onScreen = () => {
  if (!box?.isConnected) box = stage();
  return box?.querySelector("img[data-face]")?.dataset.face ?? null;
};
// It looks at frames only while one is awaited: ten idle pages that all look sixty times a
// second would keep a core busy with nothing.
const frame = () => {
  if (onScreen() === before) return requestAnimationFrame(frame);
  window.paints.push(performance.now() - down);
  down = null;
};
addEventListener("keydown", (event) => {
  if (!/^[1-7]$/.test(event.key)) return;
  if (down === null) requestAnimationFrame(frame);
  before = onScreen();
  down = event.timeStamp;
  window.seen.push({ face: Number(before), label: Number(event.key) });
}, true);
document.addEventListener("curator:press", (event) =>
  window.taken.push({ ...event.detail, seen: window.seen.length - 1 }));
"""


def open_label_page(page: Page, server: Server) -> None:
    """Open the label page under watch and wait until views are decoded ahead."""
    page.add_init_script(WATCH)
    page.goto(f"{server.address}/label")
    page.locator(".stage img").wait_for()
    wait_until_views_are_in_hand(page)


def wait_until_views_are_in_hand(page: Page) -> None:
    """Wait until no request is under way and no further view comes."""
    page.evaluate(_VIEWS_IN_HAND)


_VIEWS_IN_HAND = """async () => {
  const resources = () => performance.getEntriesByType("resource");
  const come = () => resources().filter((one) => one.name.includes("/api/views/")).length;
  for (let before = -1; before < come() || window.asking; ) {
    before = come();
    await new Promise((go) => setTimeout(go, 200));
  }
}"""


def press_each(page: Page, count: int, first: int = 0) -> None:
    """Press label keys in turn, each once its face is painted, so that all of them count."""
    for number in range(first, first + count):
        press_on_shown(page, _digit(number))


def press_until_taken(page: Page, count: int, *, a_second: float) -> None:
    """Press label keys in turn, so many a second, until the page has taken so many in all.

    A key that comes before the next face is painted does not count, and how many do depends on
    the machine.
    """
    for number in itertools.count(taken_on(page)):
        page.keyboard.press(_digit(number))
        if taken_on(page) >= count:
            return
        page.wait_for_timeout(1000 / a_second)


def taken_on(page: Page) -> int:
    """Count the presses that a page under watch took."""
    return int(page.evaluate("window.taken.length"))


def _digit(number: int) -> str:
    return str(number % len(LABELS) + 1)


def press_keys(page: Page, count: int, *, a_second: float, first: int = 0) -> None:
    """Press label keys in turn, so many a second."""
    began = time.monotonic()
    for number in range(count):
        page.keyboard.press(_digit(first + number))
        wait = began + (number + 1) / a_second - time.monotonic()
        if wait > 0:
            page.wait_for_timeout(wait * 1000)


def wait_until_all_saved(page: Page) -> None:
    """Wait until the server has said of everything in the browser that it is kept."""
    page.wait_for_function(
        "() => Object.keys(localStorage).every((key) => !key.startsWith('curator-outbox'))",
    )
