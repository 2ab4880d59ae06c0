"""How quickly and how steadily people label: keys, paints, commits, memory, an import.

`python -m tests.benchmarks.labelling` starts the real server and real Chromium pages, one
for each annotator with an account and a browser window of its own. Everybody presses two
keys a second. For each key it notes the time from the key's own time stamp to the first
frame that shows the next face (paint), and to the server's word, seen by the page, that the
label is on disk (commit). Beside it, under the same keys, stands the page that one writes
with Streamlit alone: `plain_streamlit.py`.

With `--faces 5000` one annotator labels so many in one sitting while the memory of browser
and server is read; with `--import 10000` so many images are imported while 20 annotators
without browsers label. All figures say how busy the machine was (load of the last minute).
"""

import argparse
import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright
from rich.console import Console
from rich.table import Table

from curator.app.people.access_control import COOKIE
from tests.browser.conftest import (
    CHROMIUM_FLAGS,
    Server,
    drawn_jpeg,
    free_port,
    project_with_faces,
    wait_until_it_answers,
)
from tests.browser.watch import WATCH
from tests.faults.annotators import Team, signed_in_tokens
from tests.faults.importing import ask_for_import, result_of, worker_of
from tests.faults.losses import losses

KEYS_A_SECOND = 2.0
WAIT_MS = 60_000
TEAM = 20

# Notes when the server's word on each press came, and what it says its commit took.
ACKNOWLEDGED = """
window.pressedAt = new Map(); window.commits = []; window.serverCommits = [];
let lastKey = 0;
addEventListener("keydown", (event) => { lastKey = event.timeStamp; }, true);
document.addEventListener("curator:press",
  ({ detail }) => window.pressedAt.set(detail.uuid, lastKey));
const plainFetch = window.fetch;
window.fetch = async (...asked) => {
  const answer = await plainFetch(...asked);
  if (!String(asked[0]).endsWith("/labels") || !answer.ok) return answer;
  const { kept } = await answer.clone().json();
  for (const uuid of kept) {
    const pressed = window.pressedAt.get(uuid);
    if (pressed) window.commits.push(performance.now() - pressed);
    window.pressedAt.delete(uuid);
  }
  const took = answer.headers.get("Server-Timing")?.match(/commit;dur=([\\d.]+)/);
  if (took) window.serverCommits.push(Number(took[1]));
  return answer;
};
"""
# The same for the rival: its picture has a new address for every face.
WATCH_PLAIN = """
window.paints = []; window.keys = 0;
let before = null, down = null;
const onScreen = () => {
  const image = document.querySelector("[data-testid=stImage] img");
  return image?.complete && image.naturalWidth ? image.src : before;
};
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
  window.keys += 1;
}, true);
"""


@dataclass(frozen=True)
class Spread:
    """How long something took, in milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float

    def __str__(self) -> str:
        """Say it in a cell."""
        return f"{self.p50:,.0f} / {self.p95:,.0f} / {self.p99:,.0f}"


def spread(values_ms: list[float]) -> Spread:
    """Sum up times; all are missing (nan) where nothing was timed."""
    ordered = sorted(values_ms)
    shares = (0.5, 0.95, 0.99)
    found = [
        ordered[int(share * (len(ordered) - 1))] if ordered else float("nan") for share in shares
    ]
    return Spread(len(ordered), *(round(value, 1) for value in found))


@contextmanager
def served(faces: int) -> Iterator[Server]:
    """Serve a new project with so many drawn faces."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(project_with_faces(Path(folder) / "project", faces))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def plain_served(faces: int) -> Iterator[tuple[str, Path]]:
    """Serve the rival; return its address and its folder."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        for number in range(faces):
            (folder / f"{number:05}.jpg").write_bytes(drawn_jpeg(number))
        options = ["--server.headless=true", "--browser.gatherUsageStats=false"]
        script = str(Path(__file__).with_name("plain_streamlit.py"))
        command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"]
        process = subprocess.Popen(
            [*command, *options],
            env={**os.environ, "PLAIN_FOLDER": name},
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_until_it_answers(port)
            yield f"http://127.0.0.1:{port}", folder
        finally:
            process.terminate()
            process.wait()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start Chromium."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


async def opened(browser: Browser, address: str, scripts: list[str], token: str = "") -> Page:
    """Open an address in a window of its own, under watch."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    if token:
        await context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    page = await context.new_page()
    for script in scripts:
        await page.add_init_script(script)
    await page.goto(address)
    return page


async def press_keys(page: Page, count: int, *, a_second: float, delay: float = 0) -> None:
    """Press label keys in turn at an even pace, beginning a little later."""
    began = time.monotonic() + delay
    for number in range(count):
        await asyncio.sleep(max(began + number / a_second - time.monotonic(), 0))
        await page.keyboard.press(str(number % 7 + 1))


async def press_on_all(pages: list[Page], keys: int) -> None:
    """Let everybody press two keys a second, not all at the same moment."""
    step = 1 / KEYS_A_SECOND / len(pages)
    presses: list[Awaitable[None]] = [
        press_keys(page, keys, a_second=KEYS_A_SECOND, delay=number * step)
        for number, page in enumerate(pages)
    ]
    await asyncio.gather(*presses)


async def gathered(pages: list[Page], name: str) -> list[float]:
    """Put together what all pages noted."""
    return [value for page in pages for value in await page.evaluate(f"window.{name}")]


async def ours(annotators: int, keys: int) -> dict[str, Any]:
    """Measure the label page."""
    with served(200 + annotators * (150 + keys)) as server:
        tokens = await asyncio.to_thread(signed_in_tokens, server.project, annotators)
        await asyncio.sleep(3)  # the server remembers for two seconds that nobody had an account
        async with chromium() as browser:
            address = f"{server.address}/label"
            pages = [
                await opened(browser, address, [WATCH, ACKNOWLEDGED], token) for token in tokens
            ]
            for page in pages:
                await page.locator(".stage img").wait_for(timeout=WAIT_MS)
            await asyncio.sleep(5)  # views are decoded ahead
            await press_on_all(pages, keys)
            await asyncio.sleep(3)
            taken = await gathered(pages, "taken")
            figures = {
                "paint_ms": spread(await gathered(pages, "paints")),
                "commit_ms": spread(await gathered(pages, "commits")),
                "server_commit_ms": spread(await gathered(pages, "serverCommits")),
            }
        return {
            "keys": annotators * keys,
            "taken": len(taken),
            "stored": len(server.stored()),
            **figures,
        }


async def plain(annotators: int, keys: int) -> dict[str, Any]:
    """Measure the rival."""
    with plain_served(keys + 20) as (address, folder):
        async with chromium() as browser:
            pages = [
                await opened(browser, f"{address}/?person={number}", [WATCH_PLAIN])
                for number in range(annotators)
            ]
            for page in pages:
                await page.locator("[data-testid=stImage] img").first.wait_for(timeout=WAIT_MS)
            await asyncio.sleep(5)
            await press_on_all(pages, keys)
            await asyncio.sleep(5)
            paints = spread(await gathered(pages, "paints"))
        count = _rows(folder / "plain.sqlite", "SELECT count(*) FROM labels")
    return {"keys": annotators * keys, "stored": count, "paint_ms": paints}


def _rows(database: Path, query: str) -> int:
    with sqlite3.connect(database) as opened_database:
        found: int = opened_database.execute(query).fetchone()[0]
    opened_database.close()
    return found


def resident_mib(pid: int) -> float:
    """Read how much memory a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return round(kib / 1024, 1)


async def memory(browser: Browser, page: Page, server: Server) -> dict[str, float]:
    """Read what page, renderer and server hold after a collection of garbage."""
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.collectGarbage")
    heap = await session.send("Runtime.getHeapUsage")
    await session.detach()
    browser_session = await browser.new_browser_cdp_session()
    processes = (await browser_session.send("SystemInfo.getProcessInfo"))["processInfo"]
    await browser_session.detach()
    renderers = [resident_mib(one["id"]) for one in processes if one["type"] == "renderer"]
    return {
        "heap_mib": round(heap["usedSize"] / 2**20, 1),
        "renderer_mib": max(renderers),
        "server_mib": resident_mib(server.pid),
    }


async def sitting(faces: int, a_second: float = 12) -> list[dict[str, Any]]:
    """Label so many faces in one sitting and read the memory ten times on the way."""
    rows: list[dict[str, Any]] = []
    with served(faces + 200) as server:
        async with chromium() as browser:
            page = await opened(browser, f"{server.address}/label", [WATCH])
            await page.locator(".stage img").wait_for(timeout=WAIT_MS)
            await asyncio.sleep(3)
            for part in range(11):
                if part:
                    await press_keys(page, faces // 10, a_second=a_second)
                    await asyncio.sleep(2)
                taken = await page.evaluate("window.taken.length")
                rows.append({"faces": taken, **await memory(browser, page, server)})
    return rows


def during_import(images: int) -> dict[str, Any]:
    """Import while a team labels, and count what became of their labels."""
    with served(2 * TEAM * 60 + images // 5) as server:
        project = server.project
        team = Team(server.port, signed_in_tokens(project, TEAM), pause_seconds=(0.5, 1.0))
        job_id = ask_for_import(project, images)
        time.sleep(3)
        began = time.perf_counter()
        team.start()
        with worker_of(project):
            result = result_of(project, job_id, most_seconds=3600)
        seconds = time.perf_counter() - began
        team.finish()
        return {
            "images": result["imported"],
            "faces": result["faces"],
            "seconds": round(seconds, 1),
            "losses": str(losses(team.accepted, project.folder)),
            "answers": team.answers,
            "server_commit_ms": spread(team.commits_ms),
            "trip_ms": spread(team.trips_ms),
        }


def with_load(measured: Callable[[], Any]) -> dict[str, Any]:
    """Measure, and say how busy the machine was at the end."""
    figures = measured()
    return {"figures": figures, "load": round(os.getloadavg()[0], 1)}


def _run(
    measured: Callable[[int, int], Coroutine[None, None, dict[str, Any]]],
    annotators: int,
    keys: int,
) -> dict[str, Any]:
    return asyncio.run(measured(annotators, keys))


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Measure all that is asked for."""
    found: dict[str, Any] = {"cores": os.cpu_count(), "pace": [], "sitting": None, "import": None}
    for annotators in asked.annotators:
        our = with_load(partial(_run, ours, annotators, asked.keys))
        rival = with_load(partial(_run, plain, annotators, asked.keys))
        ratio = round(rival["figures"]["paint_ms"].p95 / our["figures"]["paint_ms"].p95, 1)
        found["pace"].append(
            {"annotators": annotators, "ours": our, "plain": rival, "ratio": ratio}
        )
    if asked.faces:
        found["sitting"] = with_load(lambda: asyncio.run(sitting(asked.faces)))
    if asked.images:
        found["import"] = with_load(lambda: during_import(asked.images))
    return found


def print_tables(found: dict[str, Any], console: Console) -> None:
    """Lay out the figures for people."""
    console.print(f"p50 / p95 / p99 in ms, two keys a second each, {found['cores']} cores")
    pace = Table(
        "annotators",
        "page",
        "key to paint",
        "key to commit",
        "server commit",
        "keys",
        "stored",
        "load",
    )
    for row in found["pace"]:
        for name in ("ours", "plain"):
            figures, load = row[name]["figures"], row[name]["load"]
            cells = [
                figures.get(key, "")
                for key in ("paint_ms", "commit_ms", "server_commit_ms", "keys", "stored")
            ]
            pace.add_row(str(row["annotators"]), name, *map(str, cells), str(load))
        pace.add_row("", "ratio of p95", f"{row['ratio']} x")
    console.print(pace)
    if found["sitting"]:
        memory_table = Table("faces", "heap MiB", "renderer MiB", "server MiB")
        for row in found["sitting"]["figures"]:
            memory_table.add_row(*(f"{value:,}" for value in row.values()))
        console.print(memory_table, f"load {found['sitting']['load']}")
    if found["import"]:
        console.print("While images are imported:", found["import"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--annotators", type=int, nargs="*", default=[1, 5, 10])
    parser.add_argument("--keys", type=int, default=60, help="of each annotator")
    parser.add_argument("--faces", type=int, default=5000, help="in one sitting; 0 leaves it out")
    parser.add_argument(
        "--import", dest="images", type=int, default=0, help="images while a team labels"
    )
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    asked = parser.parse_args()
    found = measure(asked)
    if asked.json:
        Console(soft_wrap=True).print_json(json.dumps(found, default=vars))
    else:
        print_tables(found, Console(width=110))


if __name__ == "__main__":
    main()
