"""What is frozen: its data card, whether it is whole, its files to take away, and two compared."""

import streamlit as st

from curator.app.common.state import Remembered, project
from curator.app.exports.export_panel import export_panel
from curator.app.snapshots.compare_panel import compare_panel
from curator.steps.snapshots.show_snapshot import card_of, picture_of, problems_of
from db.snapshot_folder.errors import SnapshotError
from db.tables.snapshots import StoredSnapshot

_NEWEST: Remembered[int | None] = Remembered("snapshot.newest", None)
_SHOWN: Remembered[str] = Remembered("snapshot.shown", "")


def frozen_panel(stored: list[StoredSnapshot]) -> None:
    """Show one frozen snapshot, and compare two where there are two.

    Args:
        stored: All of them, the newest first; at least one.
    """
    titles = {snapshot.title: snapshot for snapshot in stored}
    if _NEWEST.value() != stored[0].id:  # what was frozen just now is what is wanted
        _NEWEST.keep(stored[0].id)
        _SHOWN.keep(stored[0].title)
    _one(titles[st.selectbox("Snapshot", list(titles), key=_SHOWN.key)])
    if len(stored) > 1:
        st.subheader("Compare two")
        compare_panel()


def _one(snapshot: StoredSnapshot) -> None:
    with st.container(border=True):
        st.markdown(
            f"**{snapshot.title}** · {snapshot.faces:,} faces · "
            f"{snapshot.created_at:%Y-%m-%d %H:%M} UTC · content hash"
        )
        st.code(snapshot.content_hash, language=None)
        export_panel(snapshot)
        with st.expander("Data card", icon=":material/description:"):
            _card(snapshot)
        _verify(snapshot)


def _card(snapshot: StoredSnapshot) -> None:
    try:
        picture, words = picture_of(project(), snapshot), card_of(project(), snapshot)
    except SnapshotError as error:
        st.error(str(error))
        return
    if picture:
        st.image(picture)
    st.markdown(words)


def _verify(snapshot: StoredSnapshot) -> None:
    if not st.button("Compare every byte with what was frozen", key="snapshot.verify"):
        return
    with st.spinner("Reading every file"):
        problems = problems_of(project(), snapshot)
    if problems:
        st.error("\n".join(f"- {problem}" for problem in problems))
    else:
        st.success(f"{snapshot.title} is as it was frozen, byte for byte.")
