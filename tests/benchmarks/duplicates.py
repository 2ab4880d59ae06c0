"""How fast near hashes are found, beside what one would take instead.

    python -m tests.benchmarks.duplicates [--faces FOLDER] [--distance 6] [--rounds 1]
        [--long] [--json]

Looked for are all pairs of 64-bit hashes within a distance, among 10,000, 100,000 and
1,000,000. All ways must find equally many, or the run ends with an error. Each runs in a
process of its own, from the hashes in memory to the pairs; peak memory is what it takes
beyond the interpreter, its libraries and the hashes. NumPy and the BK-tree use one core,
faiss and ours two. The rivals, each as large as it ends in reasonable time:

- NumPy, all pairs: what one writes first, 1,024 rows at a time; 100,000.
- faiss `IndexBinaryFlat`: all pairs in C++; 100,000.
- faiss `IndexBinaryMultiHash`: hash tables of 4 keys of 16 bits, searched with as many bits
  flipped as make the result exact (Norouzi et al. 2012); 100,000, with `--long` also
  1,000,000, which takes minutes.
- pybktree: a BK-tree in Python; 10,000.

With `--faces` the same is measured on hashes of the images in a folder, which cluster. As
there are too few, each hash is that of a random image, in which a random number of bits, 0
to 20, is flipped: one image has near and far copies. Of the random hashes, the last 1,000 are
copies of the first, flipped likewise.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from curator.core.duplicates.hash_index_plans import Values
from curator.core.duplicates.hash_search import Hashes, near_hashes
from db.terminal import table

ROWS_AT_ONCE = 1024
MOST_FLIPPED = 20
COPIES = 1000
KEYS, KEY_BITS = 4, 16
Way = Callable[[Hashes, int], int]


def ours(hashes: Hashes, distance: int) -> int:
    """Count the pairs that we find."""
    return len(near_hashes(hashes, distance=distance).first)


def numpy_all_pairs(hashes: Hashes, distance: int) -> int:
    """Compare each hash with all after it."""
    values, count = hashes.view(np.uint64), 0
    for start in range(0, len(values), ROWS_AT_ONCE):
        apart = np.bitwise_count(values[start : start + ROWS_AT_ONCE, None] ^ values[start:])
        first, _ = np.nonzero(np.triu(apart <= distance, k=1))
        count += len(first)
    return count


def faiss_flat(hashes: Hashes, distance: int) -> int:
    """Search each hash among all."""
    return _searched(import_module("faiss").IndexBinaryFlat(64), hashes, distance)


def faiss_multi_hash(hashes: Hashes, distance: int) -> int:
    """Search each hash in tables by key."""
    index = import_module("faiss").IndexBinaryMultiHash(64, KEYS, KEY_BITS)
    index.nflip = distance // KEYS  # of so many keys, one has no more bits that differ
    return _searched(index, hashes, distance)


def _searched(index: Any, hashes: Hashes, distance: int) -> int:
    rows = hashes.view(np.uint8).reshape(-1, 8)
    index.add(rows)
    limits, _, _ = index.range_search(rows, distance + 1)  # it finds what is nearer than that
    return (int(limits[-1]) - len(hashes)) // 2  # each from both ends, and each hash itself


def bk_tree(hashes: Hashes, distance: int) -> int:
    """Search each hash in a tree that knows only distances."""
    values = hashes.view(np.uint64).tolist()
    tree = import_module("pybktree").BKTree(lambda one, other: (one ^ other).bit_count(), values)
    found = sum(len(tree.find(value, distance)) for value in values)
    return (found - len(values)) // 2


OURS = "ours"
WAYS: dict[str, Way] = {
    OURS: ours,
    "NumPy, all pairs": numpy_all_pairs,
    "faiss IndexBinaryFlat": faiss_flat,
    "faiss IndexBinaryMultiHash": faiss_multi_hash,
    "pybktree": bk_tree,
}
PACKAGES = {  # the module that a way needs, and what installs it
    "faiss IndexBinaryFlat": ("faiss", "faiss-cpu"),
    "faiss IndexBinaryMultiHash": ("faiss", "faiss-cpu"),
    "pybktree": ("pybktree", "pybktree"),
}
AT = {
    10_000: [OURS, "pybktree"],
    100_000: [OURS, "NumPy, all pairs", "faiss IndexBinaryFlat", "faiss IndexBinaryMultiHash"],
    1_000_000: [OURS],
}
LONG = "faiss IndexBinaryMultiHash"


def random_hashes(count: int) -> Hashes:
    """Draw hashes of which each bit is a coin, and make copies of some, to have what to find."""
    random = np.random.default_rng(0)
    hashes = random.integers(0, 2**64, count, dtype=np.uint64)
    hashes[-COPIES:] = flipped(hashes[:COPIES], MOST_FLIPPED, random)
    return hashes.view(np.int64)


def face_hashes(folder: Path, count: int) -> Hashes:
    """Hash the images of a folder, and make as many hashes from them as are asked for."""
    found = hashes_of_images(folder)
    random = np.random.default_rng(0)
    hashes = found[random.integers(0, len(found), count)]
    return flipped(hashes, MOST_FLIPPED, random).view(np.int64)


def flipped(hashes: Values, most: int, random: np.random.Generator) -> Values:
    """Flip random bits of each hash, from none to the most, any number as likely."""
    times = random.integers(0, most, len(hashes), endpoint=True)
    copies = hashes.copy()
    for turn in range(most):
        bits = np.uint64(1) << random.integers(0, 64, len(hashes), dtype=np.uint64)
        copies ^= np.where(turn < times, bits, np.uint64(0))
    return copies


def hashes_of_images(folder: Path) -> Values:
    """Hash each image that can be read."""
    import imagehash  # noqa: PLC0415 - it brings SciPy, which no measured process needs
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    hashes = []
    for path in sorted(folder.iterdir()):
        try:
            with Image.open(path) as image:
                hashes.append(int(str(imagehash.phash(image)), 16))
        except (UnidentifiedImageError, OSError) as error:
            sys.stderr.write(f"{path.name} {error}\n")
    return np.array(hashes, dtype=np.uint64)


def run_one(way: str, file: Path, distance: int) -> dict[str, Any]:
    """Measure one way in this process."""
    hashes = np.load(file)
    if way in PACKAGES:
        import_module(PACKAGES[way][0])
    before, begun = _peak_mb(), time.perf_counter()
    pairs = WAYS[way](hashes, distance)
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "pairs": pairs, "peak_mb": _peak_mb() - before}


def _peak_mb() -> float:
    # Not `getrusage`: what that tells begins with the peak of the process that started this.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def measured(way: str, file: Path, distance: int) -> dict[str, Any]:
    """Measure one way in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.duplicates", "--run", way, str(file)]
    run = subprocess.run(
        [*command, "--distance", str(distance)], check=True, stdout=subprocess.PIPE
    )
    return dict(json.loads(run.stdout))


def compared(hashes: Hashes, ways: list[str], distance: int, rounds: int) -> list[dict[str, Any]]:
    """Let the ways take turns on the same hashes."""
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "hashes.npy"
        np.save(file, hashes)
        for way in ways * rounds:
            runs[way].append(measured(way, file, distance))
    pairs = {way: some[0]["pairs"] for way, some in runs.items()}
    if len(set(pairs.values())) > 1:
        raise RuntimeError(f"All ways must find the same pairs. Received: {pairs}")
    return [{"hashes": len(hashes)} | _row(way, some, runs[OURS]) for way, some in runs.items()]


def _row(way: str, runs: list[dict[str, Any]], our: list[dict[str, Any]]) -> dict[str, Any]:
    ratios = [run["seconds"] / own["seconds"] for run, own in zip(runs, our, strict=True)]
    return {
        "way": way,
        "seconds": statistics.median(run["seconds"] for run in runs),
        "pairs": runs[0]["pairs"],
        "peak_mb": max(run["peak_mb"] for run in runs),
        "our_speed_over_this": statistics.median(ratios),
    }


def ways_at(count: int, *, is_long: bool) -> list[str]:
    """Tell which ways are measured on so many hashes, of those installed."""
    ways = AT[count] + ([LONG] if is_long and LONG not in AT[count] and count > 100_000 else [])
    return [way for way in ways if way not in missing()]


def missing() -> dict[str, str]:
    """Tell for each way that cannot run what installs what it needs."""
    return {
        way: package for way, (module, package) in PACKAGES.items() if find_spec(module) is None
    }


def main(asked: Namespace) -> None:
    """Measure and print."""
    kinds: dict[str, Callable[[int], Hashes]] = {"random": random_hashes}
    if asked.faces:
        kinds["faces"] = lambda count: face_hashes(asked.faces, count)
    result = {
        kind: [
            row
            for count in AT
            for row in compared(
                make(count), ways_at(count, is_long=asked.long), asked.distance, asked.rounds
            )
        ]
        for kind, make in kinds.items()
    }
    for way, package in missing().items():
        sys.stderr.write(f"{way} was left out: `pip install {package}`, then run this again.\n")
    if asked.json:
        told = result | {"distance": asked.distance, "cores": os.cpu_count()}
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        print_table(result, asked.distance)


def print_table(result: dict[str, list[dict[str, Any]]], distance: int) -> None:
    """Lay out the figures for people."""
    heads = ["", "hashes", "way", "seconds", "pairs", "peak MB", "ours is so much faster"]
    rows: list[list[object]] = [
        [
            kind,
            f"{row['hashes']:,}",
            row["way"],
            f"{row['seconds']:.2f}",
            f"{row['pairs']:,}",
            round(row["peak_mb"]),
            f"{row['our_speed_over_this']:.1f} x",
        ]
        for kind, some in result.items()
        for row in some
    ]
    console = Console(width=120)
    console.print(f"pairs within {distance} bits, {os.cpu_count()} cores")
    console.print(table(heads, rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=Path, help="a folder of images")
    parser.add_argument("--distance", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--long", action="store_true", help="minutes more, for one rival")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--run", nargs=2, metavar=("WAY", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        way, file = arguments.run
        sys.stdout.write(json.dumps(run_one(way, Path(file), arguments.distance)))
    else:
        main(arguments)
