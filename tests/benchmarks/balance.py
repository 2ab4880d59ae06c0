"""How long a set takes to be chosen from a million faces, and how large it is beside rivals.

    python -m tests.benchmarks.balance [--faces 1000000] [--small 3000] [--json]

Faces are made whose labels are as uneven as those of web photos, whose subjects are few with
many faces and many with few, from four sources; in the hard case the same subjects stand in
all sources. Beside ours in the same run: the loop that one writes instead, which takes faces
as they are drawn while nothing is full and cannot keep a share of a source from below; and, on
few faces, a programme with a variable a face for the same solver (HiGHS). `below the best` is
how many faces a rival's set lacks.
"""

import argparse
import json
import os
import resource
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from scipy.optimize import Bounds as Ends
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, vstack

from curator.core.faces.quality_bounds import Bounds
from curator.core.snapshots.balancing.balance import CHOSEN, Targets, balance
from curator.core.snapshots.balancing.limits import NO_LIMITS, Limits
from curator.core.snapshots.splits import drawn
from db.labels import Expression

SHARES_OF_LABELS = [0.1, 0.02, 0.05, 0.35, 0.25, 0.13, 0.1]
SOURCE_SHARES = {"s0": Bounds(0.1, 0.2), "s1": Bounds(low=0.4), "s2": Bounds(0.1, 0.3)}
MODES: dict[str, Limits] = {
    "targets alone": NO_LIMITS,
    "5 a subject": Limits(max_per_subject=5),
    "shares of sources": Limits(source_shares=SOURCE_SHARES),
    "5 a subject, shares, agreement": Limits(0.2, 5, SOURCE_SHARES),
}


def made_faces(count: int, *, spans: bool) -> pd.DataFrame:
    """Make faces; with `spans` every subject stands in all sources."""
    rng = np.random.default_rng(0)
    subject = (rng.pareto(1.2, count) * count / 80).astype(int) % (count // 8)
    source = rng.integers(4, size=count) if spans else subject % 4
    labels = np.array([str(label) for label in Expression])
    return pd.DataFrame(
        {
            "face_id": np.arange(1, count + 1),
            "crop_sha256": [f"{number:064x}" for number in rng.permutation(count)],
            "verdict": pd.Series(rng.choice(labels, count, p=SHARES_OF_LABELS), dtype="str"),
            "subject": pd.Series([f"p{number}" for number in subject], dtype="str"),
            "found_subject": None,
            "source": pd.Series([f"s{number}" for number in source], dtype="str"),
            "agreement": rng.random(count),
            "votes": 3,
            "is_keeper": True,
            "is_conflicting": False,
            "is_good": True,
        }
    )


def by_a_loop(faces: pd.DataFrame, targets: Targets, limits: Limits) -> set[int]:
    """Take faces as they are drawn while neither their label nor their subject is full."""
    rows = sorted(
        (drawn(0, crop), face, label, subject)
        for crop, face, label, subject, agreement in zip(
            faces["crop_sha256"].tolist(),
            faces["face_id"].tolist(),
            faces["verdict"].tolist(),
            faces["subject"].tolist(),
            faces["agreement"].tolist(),
            strict=True,
        )
        if agreement >= limits.min_agreement
    )
    per_label: Counter[str] = Counter()
    per_subject: Counter[str] = Counter()
    most, chosen = limits.max_per_subject or len(faces), set()
    for _, face, label, subject in rows:
        if per_label[label] < targets[Expression(label)] and per_subject[subject] < most:
            per_label[label] += 1
            per_subject[subject] += 1
            chosen.add(face)
    return chosen


def by_a_programme(faces: pd.DataFrame, targets: Targets, limits: Limits) -> set[int]:
    """Solve for every face whether it is chosen."""
    there = faces[faces["agreement"] >= limits.min_agreement]
    rows = [_sums(there["verdict"])[0]]
    high = [np.array([targets[Expression(label)] for label in _sums(there["verdict"])[1]])]
    if limits.max_per_subject is not None:
        matrix, names = _sums(there["subject"])
        rows.append(matrix)
        high.append(np.full(len(names), limits.max_per_subject))
    for name, ends in limits.source_shares.items():
        is_of = (there["source"] == name).to_numpy().astype(float)
        rows.append(csr_array(np.stack([is_of - min(ends.high, 1), max(ends.low, 0) - is_of])))
        high.append(np.zeros(2))
    found = milp(
        -np.ones(len(there)),
        integrality=np.ones(len(there)),
        bounds=Ends(0, 1),
        constraints=LinearConstraint(vstack(rows), -np.inf, np.concatenate(high)),
        options={"mip_rel_gap": 0, "time_limit": 60},
    )
    return set() if found.x is None else set(there["face_id"][found.x > 0.5])


def _sums(names: pd.Series) -> tuple[csr_array, list[str]]:
    codes, found = pd.factorize(names, sort=True)
    entries = (np.ones(len(codes)), (codes, np.arange(len(codes))))
    return coo_array(entries, shape=(len(found), len(codes))).tocsr(), list(found)


def measure(count: int, small: int) -> dict[str, Any]:
    """Measure all modes and rivals."""
    found: dict[str, Any] = {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    found["modes"] = []
    for size, spans in ((count, False), (count, True), (small, False), (small, True)):
        faces = made_faces(size, spans=spans)
        for mode, limits in MODES.items():
            row = {"faces": size, "subjects": "in all sources" if spans else "in one source"}
            found["modes"].append({**row, "mode": mode, **_compared(faces, limits, small)})
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found


def _compared(faces: pd.DataFrame, limits: Limits, small: int) -> dict[str, Any]:
    targets = dict.fromkeys(Expression, len(faces) * 8 // 100)
    chosen, ours = _timed(lambda: _ours(faces, targets, limits))
    even, for_even = _timed(lambda: _ours(faces, None, limits))
    row = {"ours_s": ours, "chosen": len(chosen), "even_s": for_even, "even": len(even)}
    rivals = {"loop": by_a_loop} if not limits.source_shares else {}
    if len(faces) == small:
        rivals["programme"] = by_a_programme
    for name, rival in rivals.items():
        theirs, seconds = _timed(partial(rival, faces, targets, limits))
        row |= {f"{name}_s": seconds, f"{name}_times_ours": round(seconds / ours, 2)}
        row[f"{name}_below_the_best"] = len(chosen) - len(theirs)
    return row


def _ours(faces: pd.DataFrame, targets: Targets | None, limits: Limits) -> set[int]:
    outcomes = balance(faces, targets, 0, limits)
    return set(outcomes["face_id"][outcomes["outcome"] == CHOSEN])


def _timed(action: Callable[[], set[int]]) -> tuple[set[int], float]:
    began = time.perf_counter()
    found = action()
    return found, round(time.perf_counter() - began, 3)


def print_table(found: dict[str, Any], console: Console) -> None:
    """Lay out the figures for people."""
    console.print(f"{found['cores']} cores, load {found['load']}, peak {found['peak_mb']:,} MB")
    columns = ["faces", "subjects", "mode", "ours_s", "chosen", "even_s", "even"]
    rivals = [
        f"{name}_{what}"
        for name in ("loop", "programme")
        for what in ("s", "times_ours", "below_the_best")
    ]
    laid_out = Table(*(name.replace("_", " ") for name in (*columns, *rivals)))
    for row in found["modes"]:
        laid_out.add_row(*(str(row.get(name, "")) for name in (*columns, *rivals)))
    console.print(laid_out)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--faces", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=3_000)
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    asked = parser.parse_args()
    found = measure(asked.faces, asked.small)
    if asked.json:
        Console(soft_wrap=True).print_json(json.dumps(found))
    else:
        print_table(found, Console(width=190))


if __name__ == "__main__":
    main()
