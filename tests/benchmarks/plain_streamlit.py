"""The rival: the labelling page that one writes in ten minutes with Streamlit alone.

A face by `st.image`, a button with a shortcut for each label, all in a fragment so that
only they are run again, and each label committed to SQLite before the next face is shown.
"""

import os
import sqlite3
from pathlib import Path

import streamlit as st

LABELS = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]


def folder() -> Path:
    """Say where the pictures and the database lie."""
    return Path(os.environ["PLAIN_FOLDER"])


@st.cache_resource
def database() -> sqlite3.Connection:
    """Open the database that all sessions share."""
    opened = sqlite3.connect(folder() / "plain.sqlite", check_same_thread=False)
    opened.execute("PRAGMA journal_mode = WAL")
    opened.execute("PRAGMA synchronous = FULL")
    opened.execute("CREATE TABLE IF NOT EXISTS labels (person TEXT, face INTEGER, label TEXT)")
    return opened


@st.cache_data
def faces() -> list[str]:
    """List the pictures."""
    return sorted(str(path) for path in folder().glob("*.jpg"))


def store(face: int, label: str) -> None:
    """Commit a label, then go on to the next face."""
    person = st.query_params.get("person", "1")
    database().execute("INSERT INTO labels VALUES (?, ?, ?)", (person, face, label))
    database().commit()
    st.session_state.place = face + 1


@st.fragment
def label_faces() -> None:
    """Show one face and a button for each label."""
    place = st.session_state.setdefault("place", 0)
    st.image(faces()[place], width=320)
    for column, (key, label) in zip(st.columns(7), enumerate(LABELS, start=1), strict=True):
        column.button(label, shortcut=str(key), on_click=store, args=(place, label))


if __name__ == "__main__":
    label_faces()
