"""How fast an import is, beside the script that a laboratory would write instead.

    python -m tests.benchmarks.import [PHOTOS] [--rounds 3] [--times 1] [--json]

Each is a whole command, measured from outside: seconds from start to end, and the memory
of all its processes together, sampled ten times a second as what is theirs alone plus
their part of what they share (PSS). They take turns, so that a busy moment of the machine
meets both. The script runs as it comes, where OpenCV takes all cores, and held to one
core. Beside them: in how many images YuNet finds a face at a longest side of 640 px, which
measures what the quicker search of the import costs. With `--times` the folder is imported
so many times over, each time under other bytes, to see whether memory grows.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.console import Console

from curator.core.faces.detector import LONGEST_SIDE_PX, YUNET_MIN_CONFIDENCE
from db.terminal import table

PLAIN = Path(__file__).with_name("plain_import.py")
SAMPLE_SECONDS = 0.1


@dataclass(frozen=True)
class Measured:
    """One command, run to its end.

    Attributes:
        seconds: From start to end.
        peak_mb: The most memory that its processes had together, in MB.
        said: The JSON object that it printed.
    """

    seconds: float
    peak_mb: float
    said: dict[str, Any]


def measured(*command: str | Path) -> Measured:
    """Run a command and measure it from outside."""
    begun, peak = time.perf_counter(), 0.0
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([str(part) for part in command], stdout=out)
        while process.poll() is None:
            peak = max(peak, sum(_memory_mb(number) for number in _family(process.pid)))
            time.sleep(SAMPLE_SECONDS)
        seconds = time.perf_counter() - begun
        if process.returncode:
            raise RuntimeError(f"{command} ended with {process.returncode}.")
        out.seek(0)
        return Measured(seconds, peak, json.loads(out.read()))


def _family(process_id: int) -> Iterator[int]:
    yield process_id
    for children in Path(f"/proc/{process_id}/task").glob("*/children"):
        try:
            numbers = children.read_text().split()
        except OSError:  # it has just ended
            continue
        for number in numbers:
            yield from _family(int(number))


def _memory_mb(process_id: int) -> float:
    try:
        lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def our_import(photos: Path, folder: Path) -> Measured:
    """Import into a new project."""
    curator = (sys.executable, "-m", "curator")
    subprocess.run([*curator, "init", folder], check=True, capture_output=True)
    return measured(*curator, "import", photos, "--source", "m", "--project", folder, "--json")


def with_face_at_640(photos: Path) -> int:
    """Count the images in which YuNet alone finds a face at a longest side of 640 px."""
    from yuface import detect  # noqa: PLC0415 - it is not there for every Python

    found = 0
    for path in sorted(photos.iterdir()):
        image = cv2.imread(str(path))
        if image is None:
            continue
        scale = min(1.0, LONGEST_SIDE_PX / max(image.shape[:2]))
        size_wh = round(image.shape[1] * scale), round(image.shape[0] * scale)
        small = cv2.resize(image, size_wh, interpolation=cv2.INTER_AREA) if scale < 1 else image
        found += len(detect(np.ascontiguousarray(small), YUNET_MIN_CONFIDENCE)[0]) > 0
    return found


def repeated(photos: Path, times: int, folder: Path) -> Path:
    """Write a folder so many times over, each time under other bytes."""
    for path in sorted(photos.iterdir()):
        for turn in range(times):
            copy = folder / f"{turn:02}" / path.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes() + b"\0" * turn)
    return folder


def compared(photos: Path, rounds: int, folder: Path) -> dict[str, Any]:
    """Let the import and the two forms of the script take turns."""
    plain = (sys.executable, PLAIN, photos)
    runs: dict[str, list[Measured]] = {"import": [], "script": [], "script, one core": []}
    for turn in range(rounds):
        runs["import"].append(our_import(photos, folder / f"project-{turn}"))
        runs["script"].append(measured(*plain, folder / f"script-{turn}"))
        runs["script, one core"].append(
            measured(*plain, folder / f"one-core-{turn}", "--threads", "1")
        )
    images = runs["script"][0].said["images"]
    reference = with_face_at_640(photos)
    return {
        "images": images,
        "with_face_at_640_px": reference,
        "rows": {name: _row(images, some, runs["import"]) for name, some in runs.items()},
    }


def _row(images: int, runs: list[Measured], ours: list[Measured]) -> dict[str, Any]:
    said = runs[0].said
    ratios = [rival.seconds / our.seconds for rival, our in zip(runs, ours, strict=True)]
    return {
        "images_per_second": images / statistics.median(run.seconds for run in runs),
        "with_face": said.get("with_face", images - said.get("without_face", 0)),
        "faces": said["faces"],
        "peak_mb": max(run.peak_mb for run in runs),
        "our_speed_over_this": statistics.median(ratios),
    }


def grown(photos: Path, times: int, folder: Path) -> dict[str, Any]:
    """Import a folder many times over, to see whether memory grows with it."""
    many = repeated(photos, times, folder / "photos")
    run = our_import(many, folder / "project-many")
    images = run.said["imported"]
    return {
        "images": images,
        "images_per_second": images / run.seconds,
        "peak_mb": run.peak_mb,
    }


def main(photos: Path, rounds: int, times: int, *, as_json: bool) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        result = compared(photos, rounds, Path(name)) | {"cores": os.cpu_count()}
        if times > 1:
            result["many"] = grown(photos, times, Path(name))
            for rival in ("script", "script, one core"):
                slower = result["rows"][rival]["images_per_second"]
                ratio = result["many"]["images_per_second"] / slower
                result["many"][f"our_speed_over_{rival}"] = ratio
    if as_json:
        sys.stdout.write(json.dumps(result) + "\n")
        return
    _print(result)


def _print(result: dict[str, Any]) -> None:
    heads = ["", "images/s", "with a face", "faces", "peak MB", "the import is so much faster"]
    rows: list[list[object]] = [
        [
            name,
            round(row["images_per_second"], 1),
            row["with_face"],
            row["faces"],
            round(row["peak_mb"]),
            f"{row['our_speed_over_this']:.1f} x",
        ]
        for name, row in result["rows"].items()
    ]
    console = Console()
    console.print(f"{result['images']:,} images, {result['cores']} cores")
    console.print(table(heads, rows))
    console.print(f"YuNet at 640 px finds a face in {result['with_face_at_640_px']:,} images.")
    if many := result.get("many"):
        console.print(
            f"{many['images']:,} images: {many['images_per_second']:.0f} a second "
            f"({many['our_speed_over_script']:.1f} x the script, "
            f"{many['our_speed_over_script, one core']:.1f} x on one core), "
            f"at most {many['peak_mb']:.0f} MB"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "photos", type=Path, nargs="?", default=Path("../shared/data/muxspace/images")
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    main(arguments.photos, arguments.rounds, arguments.times, as_json=arguments.json)
