"""Two frozen snapshots beside each other: counts, and the faces that differ with pictures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd
import streamlit as st

from curator.app.common.snapshot_faces import Row, crop_grid, page_of
from curator.app.common.state import Remembered, project
from curator.app.common.widgets import acting
from curator.core.snapshots.snapshot_difference import Difference
from curator.errors import CuratorError
from curator.steps.models.list_runs import list_snapshots
from curator.steps.snapshots.compare_snapshots import SnapshotComparison, compare_snapshots
from db.snapshot_folder.errors import SnapshotError
from db.snapshot_folder.manifest import read_snapshot
from db.tables.snapshots import StoredSnapshot


@dataclass(frozen=True, eq=False)
class _Compared:
    """What was compared last, and the ids of the two snapshots."""

    old_id: int
    new_id: int
    comparison: SnapshotComparison


_COMPARED: Remembered[_Compared | None] = Remembered("compare.compared", None)


def compare_panel() -> None:
    """Let two frozen snapshots be chosen, and show what differs; nothing where there is one."""
    with project().reading() as session:
        stored = {snapshot.id: snapshot for snapshot in list_snapshots(session)}
    if len(stored) < 2:
        return
    old_id, new_id = _chosen(stored)
    # Only when asked for: reading and hashing two large manifests takes seconds.
    st.button(
        "Compare",
        key="compare.show",
        disabled=old_id == new_id,
        on_click=acting,
        args=(lambda: _compare(stored[old_id], stored[new_id]),),
    )
    known = _COMPARED.value()
    if known is not None and (known.old_id, known.new_id) == (old_id, new_id):
        _show(known)


def _chosen(stored: Mapping[int, StoredSnapshot]) -> tuple[int, int]:
    ids = list(stored)
    first, second = _newest_two(list(stored.values()))
    titles = {snapshot.id: snapshot.title for snapshot in stored.values()}
    left, right = st.columns(2)
    older = left.selectbox("Older", ids, ids.index(first), titles.__getitem__, key="compare.old")
    newer = right.selectbox("Newer", ids, ids.index(second), titles.__getitem__, key="compare.new")
    return older, newer


def _newest_two(stored: list[StoredSnapshot]) -> tuple[int, int]:
    """Choose the newest two of a name, or the newest two of all where no name has two."""
    versions = {(snapshot.name, snapshot.version): snapshot.id for snapshot in stored}
    for newer in stored:
        older = versions.get((newer.name, newer.version - 1))
        if older is not None:
            return older, newer.id
    return stored[1].id, stored[0].id


def _compare(old: StoredSnapshot, new: StoredSnapshot) -> None:
    folder = project().folder
    try:
        older, newer = read_snapshot(folder / old.folder), read_snapshot(folder / new.folder)
    except SnapshotError as error:
        raise CuratorError(str(error)) from error
    with project().reading() as session:
        _COMPARED.keep(_Compared(old.id, new.id, compare_snapshots(older, newer, session)))


def _show(compared: _Compared) -> None:
    found = compared.comparison
    if found.choices:
        lines = "".join(f"<li>{escape(change.in_words())}</li>" for change in found.choices)
        st.html(f"The recipes differ:<ul>{lines}</ul>")
    for migration in found.difference.migrations:
        st.info(migration.in_words())
    left, right = st.columns([3, 2])
    left.dataframe(found.difference.counts, hide_index=True, width="stretch")
    right.dataframe(found.difference.splits, hide_index=True, width="stretch")
    _tabs(found.difference, compared)


def _tabs(found: Difference, compared: _Compared) -> None:
    kinds: list[tuple[str, pd.DataFrame, int, Callable[[Row], str]]] = [
        ("added", found.added, compared.new_id, lambda row: row["label"]),
        ("dropped", found.dropped, compared.old_id, lambda row: row["label"]),
        ("relabelled", found.relabelled, compared.new_id, _arrow("label")),
        ("moved", found.moved, compared.new_id, _arrow("split")),
    ]
    titles = [f"{len(rows):,} {kind}" for kind, rows, _, _ in kinds]
    filled = [title for title, (_, rows, _, _) in zip(titles, kinds, strict=True) if len(rows)]
    tabs = st.tabs(titles, default=next(iter(filled), None))
    for tab, (kind, rows, snapshot_id, change) in zip(tabs, kinds, strict=True):
        with tab:
            if rows.empty:
                st.caption("None.")
            shown = page_of(rows, f"compare.page.{kind}.{compared.old_id}.{compared.new_id}")
            crop_grid(shown, snapshot_id, _told(change), size_px=132)


def _arrow(what: str) -> Callable[[Row], str]:
    return lambda row: f"{row[f'old_{what}']} → {row[f'new_{what}']}"


def _told(change: Callable[[Row], str]) -> Callable[[Row], tuple[str, str]]:
    return lambda row: (change(row), row.get("cause", ""))
