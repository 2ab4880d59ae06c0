"""Note what a labeller saw and did, apart from what the page says of itself."""

import time

from playwright.sync_api import Page

from tests.browser.conftest import Server

LABELS = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]

# Set up before the page's own scripts. For each digit it notes, apart from the labeller, which
# face had been painted when the key went down, and when the next one was; and it notes what
# the labeller says it took.
WATCH = """
window.seen = []; window.taken = []; window.paints = [];
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
    page.locator(".stage img").wait_for(timeout=30_000)
    wait_until_views_are_in_hand(page)


def wait_until_views_are_in_hand(page: Page) -> None:
    """Wait until no further view has come for longer than one takes."""
    page.evaluate(_VIEWS_IN_HAND)


_VIEWS_IN_HAND = """async () => {
  const resources = () => performance.getEntriesByType("resource");
  const come = () => resources().filter((one) => one.name.includes("/api/views/")).length;
  for (let before = -1; before < come(); ) {
    before = come();
    await new Promise((go) => setTimeout(go, 200));
  }
}"""


def press_at_15_a_second(page: Page, count: int, first: int = 0) -> None:
    """Press label keys in turn, faster than anybody looks at faces."""
    press_keys(page, count, a_second=15, first=first)


def press_keys(page: Page, count: int, *, a_second: float, first: int = 0) -> None:
    """Press label keys in turn, so many a second."""
    began = time.monotonic()
    for number in range(count):
        page.keyboard.press(str((first + number) % 7 + 1))
        wait = began + (number + 1) / a_second - time.monotonic()
        if wait > 0:
            page.wait_for_timeout(wait * 1000)


def wait_until_all_saved(page: Page) -> None:
    """Wait until the server has said of everything in the browser that it is kept."""
    page.wait_for_function(
        "() => Object.keys(localStorage).every((key) => !key.startsWith('curator-outbox'))",
        timeout=60_000,
    )


def percentile(values: list[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    return sorted(values)[int(share * (len(values) - 1))]
