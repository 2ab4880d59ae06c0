"""How many frames a second the live page answers, and how long an answer takes.

`python -m tests.benchmarks.live` starts the real server and a real Chromium whose camera is
a file of 640 x 480 px with one face, presses Start, and counts for ten seconds what the page
draws. The net is untrained, which takes as long as a trained one. Latency goes from the frame
that the page takes of its camera to the boxes over it; its phases on the server are told by
the server. The rival is what one would call first: `predict` of Keras, of the same net on one
crop, in a process of its own. All figures say how busy the machine was.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.async_api import Page, async_playwright
from rich.console import Console
from rich.table import Table

from db.model_folder.model_card import MODEL_FILES
from tests.benchmarks.labelling import resident_mib, spread
from tests.browser.conftest import CHROMIUM_FLAGS, Server, project_with_faces
from tests.browser.fake_camera import camera_flags, write_video

WARM_SECONDS = 3
PHASES = ("decode", "detect", "predict")
LISTEN = """
window.answers = [];
document.addEventListener("curator:frame", ({ detail }) => window.answers.push(
  { at: performance.now(), faces: detail.faces?.length ?? 0, latency: detail.latency,
    ...detail.milliseconds }));
"""


async def answers(address: str, video: Path, seconds: float) -> list[dict[str, float]]:
    """Return every answer that the page got in a time, after a moment to warm up."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    async with async_playwright() as playwright:
        flags = [*CHROMIUM_FLAGS, *camera_flags(video)]
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        await page.add_init_script(LISTEN)
        await page.goto(f"{address}/live")
        await page.get_by_role("button", name="Start the camera").click()
        await page.wait_for_function("window.answers.length > 5", timeout=60_000)
        found = await _answers_in(page, seconds)
        await browser.close()
    return found


async def _answers_in(page: Page, seconds: float) -> list[dict[str, float]]:
    await asyncio.sleep(WARM_SECONDS)
    await page.evaluate("window.answers = []")
    await asyncio.sleep(seconds)
    found: list[dict[str, float]] = await page.evaluate("window.answers")
    return found


def measured(net: str, seconds: float) -> dict[str, Any]:
    """Measure the page with one net, and Keras with the same."""
    from tests.trainer.promoting import make_promoted  # noqa: PLC0415 - Keras takes seconds

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = project_with_faces(folder / "project", 1)
        make_promoted(folder / "run", project.standard_model, net=net)
        write_video(folder / "head.y4m")
        server = Server(project)
        server.start()
        try:
            found = asyncio.run(answers(server.address, folder / "head.y4m", seconds))
            memory = resident_mib(server.pid)
        finally:
            server.stop()
        keras_ms = asyncio.run(_keras_ms(project.standard_model / MODEL_FILES["keras"]))
    return {**_figures(found, seconds), "server_mib": memory, **_rival(found, keras_ms)}


def _figures(found: list[dict[str, float]], seconds: float) -> dict[str, Any]:
    latencies = [one["latency"] for one in found]
    on_server = [sum(one[phase] for phase in PHASES) for one in found]
    rest = [latency - server for latency, server in zip(latencies, on_server, strict=True)]
    return {
        "frames_a_second": round(len(found) / seconds, 1),
        "with_one_face": round(float(np.mean([one["faces"] == 1 for one in found])), 3),
        "latency_ms": spread(latencies),
        **{f"{phase}_ms": spread([one[phase] for one in found]) for phase in PHASES},
        "browser_and_way_ms": spread(rest),
    }


def _rival(found: list[dict[str, float]], keras_ms: list[float]) -> dict[str, Any]:
    ours, keras = spread([one["predict"] for one in found]), spread(keras_ms)
    return {"keras_predict_ms": keras, "ratio": round(keras.p50 / ours.p50, 1)}


KERAS = """
import json, sys, time
import numpy as np
from trainer.backend import keras
net = keras.models.load_model(sys.argv[1], compile=False)
crop = np.random.default_rng(0).integers(0, 256, (1, *net.input.shape[1:]), dtype=np.uint8)
times = []
for _ in range(60):
    began = time.perf_counter()
    net.predict(crop, verbose=0)
    times.append(1000 * (time.perf_counter() - began))
print(json.dumps(times[10:]))
"""


async def _keras_ms(net: Path) -> list[float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KERAS, str(net), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    times: list[float] = json.loads(said.splitlines()[-1])
    return times


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Measure each net that is asked for."""
    nets = {}
    for net in asked.nets:
        nets[net] = {**measured(net, asked.seconds), "load": round(os.getloadavg()[0], 1)}
        time.sleep(1)
    return {"cores": os.cpu_count(), "seconds": asked.seconds, "nets": nets}


def print_table(found: dict[str, Any], console: Console) -> None:
    """Lay out the figures for people."""
    console.print(f"One face at 640 x 480, {found['seconds']} s, {found['cores']} cores; ms are "
                  "p50 / p95 / p99")  # fmt: skip
    table = Table("", *found["nets"])
    for row in next(iter(found["nets"].values())):
        table.add_row(row.replace("_", " "), *(str(one[row]) for one in found["nets"].values()))
    console.print(table)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nets", nargs="+", default=["MobileNetV3"], help="nets to measure")
    parser.add_argument("--seconds", type=float, default=10, help="how long to count")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    found = measure(asked)
    if asked.json:
        sys.stdout.write(json.dumps(found, default=lambda one: one.__dict__, indent=2) + "\n")
    else:
        print_table(found, Console())


if __name__ == "__main__":
    main()
