"""What a benchmark is asked for: the snapshot, how nets are trained, what follows."""

from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from curator.app.common.state import project
from curator.app.common.widgets import acting, request_job
from curator.steps.models.list_runs import ListedRun
from db.jobs.queue import newest_job
from db.run_folder.benchmark_choices import (
    CLASSIFIER_NAMES,
    NET_NAMES,
    PRESET_NAMES,
    LabelKind,
    Schedule,
)
from db.run_folder.results import RunState
from db.tables.jobs import JobState
from db.tables.snapshots import StoredSnapshot

_AS_PRESET = "as the preset says"
_LABELS = {
    _AS_PRESET: None,
    "hard: the label alone": LabelKind.HARD,
    "soft: each label by its share of the votes": LabelKind.SOFT,
    "weighted: the label, counting by its share of the votes": LabelKind.WEIGHTED,
}
_YES_OR_NO = {_AS_PRESET: None, "yes": True, "no": False}


def benchmark_form(snapshots: list[StoredSnapshot], runs: list[ListedRun]) -> None:
    """Ask for a benchmark, or for how long one would take.

    Args:
        snapshots: Those that can be trained on, the newest first; at least one.
        runs: Those that nets may start from.
    """
    titles = {f"{s.name}@{s.version} ({s.faces:,} faces)": s.id for s in snapshots}
    with st.form("benchmark.form"):
        left, middle, right = st.columns(3)
        title = left.selectbox("Snapshot", list(titles), key="benchmark.snapshot")
        preset = middle.selectbox("Preset", list(PRESET_NAMES), key="benchmark.preset")
        seed = right.number_input("Seed", 0, 2**31, 0, key="benchmark.seed")
        cells = _cells()
        training = _training(titles, runs)
        studies = _studies()
        asked = {
            "snapshot_id": titles[title],
            "preset": preset,
            "seed": int(seed),
            **cells,
            **training,
            "studies": studies,
        }
        with st.container(horizontal=True):
            if st.form_submit_button("Benchmark", type="primary", icon=":material/play_arrow:"):
                acting(lambda: request_job("benchmark", asked))
                st.rerun()
            if st.form_submit_button("Estimate the time", icon=":material/timer:"):
                timed = {"snapshot_id": titles[title], "nets": cells["nets"]}
                acting(lambda: request_job("estimate", timed))
                st.rerun()
    _estimate()


def _cells() -> dict[str, Any]:
    with st.expander("Nets and classifiers"):
        return {
            "nets": st.multiselect("Nets", NET_NAMES, NET_NAMES, key="benchmark.nets"),
            "classifiers": st.multiselect(
                "Classifiers", CLASSIFIER_NAMES, CLASSIFIER_NAMES, key="benchmark.classifiers"
            ),
        }


def _training(snapshots: dict[str, int], runs: list[ListedRun]) -> dict[str, Any]:
    begun = {"no run: from chance": None} | {
        run.title: run.id for run in runs if run.result.state is RunState.DONE
    }
    held_out = {"no other snapshot": None} | snapshots
    with st.expander("Training"):
        left, right = st.columns(2)
        labels = left.selectbox("Taught by", list(_LABELS), key="benchmark.labels")
        schedules = {_AS_PRESET: None} | {str(schedule): schedule for schedule in Schedule}
        schedule = right.selectbox("Learning rate", list(schedules), key="benchmark.schedule")
        balanced = left.selectbox(
            "Rare labels count more", list(_YES_OR_NO), key="benchmark.balanced"
        )
        smoothing = right.number_input(
            "Label smoothing", 0.0, 0.9, None, 0.05, key="benchmark.smoothing",
            placeholder=_AS_PRESET,
        )  # fmt: skip
        epochs = left.number_input(
            "Epochs of every net", 1, 10_000, None, key="benchmark.epochs", placeholder=_AS_PRESET
        )
        patience = right.number_input(
            "Stop after so many epochs without a lower validation loss", 1, 10_000, None,
            key="benchmark.patience", placeholder=_AS_PRESET,
        )  # fmt: skip
        start = left.selectbox("Start from the nets of", list(begun), key="benchmark.weights")
        apart = right.selectbox(
            "Learn nothing of what is held out in", list(held_out), key="benchmark.apart",
            help="For nets that another benchmark is to start from: the faces which that "
            "snapshot keeps for validation and test are left out here.",
        )  # fmt: skip
    changes = {
        "labels": _LABELS[labels],
        "schedule": schedules[schedule],
        "balances_labels": _YES_OR_NO[balanced],
        "label_smoothing": smoothing,
        "epochs": epochs,
        "patience_epochs": patience,
    }
    return {
        "changes": {name: value for name, value in changes.items() if value is not None},
        "weights_of": begun[start],
        "apart_from": held_out[apart],
    }


def _studies() -> dict[str, Any]:
    with st.expander("What puts the best cell into perspective"):
        st.caption("Each trains the best net again, which takes as long as it did.")
        left, right = st.columns(2)
        return {
            "leaky": left.checkbox(
                "Leaked: the score if units could cross between splits", key="benchmark.leaky"
            ),
            "labels": left.checkbox(
                "Hard, soft and weighted labels compared", key="benchmark.compare_labels"
            ),
            "sources": left.checkbox(
                "Each source left out, and each alone", key="benchmark.sources"
            ),
            "seeds": int(right.number_input("More seeds", 0, 20, 0, key="benchmark.seeds")),
            "folds": int(
                right.number_input(
                    "Folds, to hold out every face once",
                    0,
                    20,
                    0,
                    key="benchmark.folds",
                    help="2 to 20; 0 for none. Label errors are then sought among all faces.",
                )
            ),
        }


def _estimate() -> None:
    """Show what the newest estimate said, by preset."""
    with project().reading() as session:
        job = newest_job(session, ("estimate",))
        seconds = job.result["seconds"] if job and job.state is JobState.DONE and job.result else {}
    if not seconds:
        return
    table = pd.DataFrame(seconds).map(lambda count: str(timedelta(seconds=round(count))))
    table.loc["all of them"] = [
        str(timedelta(seconds=round(sum(by_net.values())))) for by_net in seconds.values()
    ]
    st.caption("How long nets would train on this machine (hours:minutes:seconds)")
    st.dataframe(table, width="stretch")
