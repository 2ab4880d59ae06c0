"""Memory of browser and server while one annotator labels thousands of faces in one sitting.

`python -m tests.benchmarks.labeller_memory` starts a real server with drawn faces and a real
browser. A script in the page presses a label key as often as the page takes one, each
fiftieth time takes back and each tenth enlarges. Heap and nodes are those after a forced
collection; resident sizes are the operating system's, of the page's process and the server's.
Chromium keeps decoded pictures until memory runs short, so the page's process is measured
once more after the browser was told that it does.
"""

import argparse
import json
import os
import re
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from tests.browser.conftest import CHROMIUM_FLAGS, Server, project_with_faces

FACES = 5000
SPARE = 200
STEPS = (100, 500, 2500, 5000)

# Resolves when so many presses have been taken since the page was opened.
_LABEL = """(count) => new Promise((done) => {
  if (window.labelled === undefined) {
    window.labelled = 0;
    document.addEventListener("curator:press", ({ detail }) => {
      window.labelled += detail.label ? 1 : -1;
    });
  }
  const press = (key, code) => document.dispatchEvent(new KeyboardEvent("keydown", { key, code }));
  let turn = 0;
  const timer = setInterval(() => {
    if (window.labelled >= count) { clearInterval(timer); done(); return; }
    turn += 1;
    if (turn % 50 === 0) press("Backspace", "Backspace");
    else if (turn % 10 === 0) press("z", "KeyZ");
    else press(String(turn % 7 + 1), `Digit${turn % 7 + 1}`);
  }, 20);
})"""


def measure(browser: Browser, folder: Path, faces: int) -> list[dict[str, float]]:
    """Label so many faces and measure on the way."""
    server = Server(project_with_faces(folder / "project", faces + SPARE))
    server.start()
    try:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{server.address}/label")
        page.locator(".stage img").wait_for(timeout=30_000)
        return [_labelled(page, server, step) for step in STEPS if step <= faces]
    finally:
        server.stop()


def _labelled(page: Page, server: Server, count: int) -> dict[str, float]:
    began = time.monotonic()
    page.evaluate(_LABEL, count)
    took = time.monotonic() - began
    page.wait_for_timeout(2000)  # what is in hand is filled up again
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    metrics = {
        row["name"]: row["value"] for row in session.send("Performance.getMetrics")["metrics"]
    }
    kept = _rss_mib(_renderer(page))
    session.send("Memory.simulatePressureNotification", {"level": "critical"})
    page.wait_for_timeout(2000)
    return {
        "faces": count,
        "seconds": round(took, 1),
        "heap_mib": _mib(metrics["JSHeapUsedSize"]),
        "nodes": int(metrics["Nodes"]),
        "listeners": int(metrics["JSEventListeners"]),
        "page_rss_mib": kept,
        "page_rss_when_short_mib": _rss_mib(_renderer(page)),
        "server_rss_mib": _rss_mib(server.pid),
    }


def _renderer(page: Page) -> int:
    """Find the process of the page: the renderer that uses the most memory."""
    assert page.context.browser is not None
    session: CDPSession = page.context.browser.new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [int(row["id"]) for row in found if row["type"] == "renderer"]
    return max(renderers, key=_rss_mib)


def _rss_mib(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    return 0.0 if resident is None else _mib(int(resident[1]) * 1024)


def _mib(number: float) -> float:
    return round(number / 2**20, 1)


def table(rows: list[dict[str, float]]) -> Table:
    """Lay the figures out for people."""
    made = Table(title="One sitting: memory after so many faces")
    for name in rows[0]:
        made.add_column(name.replace("_", " "), justify="right")
    for row in rows:
        made.add_row(*(f"{value:,}" for value in row.values()))
    return made


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=FACES, help="at most so many are labelled")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    asked = parser.parse_args()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        rows = measure(browser, Path(folder), asked.faces)
        browser.close()
    if asked.json:
        Console(soft_wrap=True).print_json(json.dumps({"labeller_memory": rows}))
    else:
        Console().print(table(rows))


if __name__ == "__main__":
    main()
