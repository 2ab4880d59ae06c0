"""What only a person can say of a source: what its columns tell and what its labels mean."""

from collections.abc import Sequence

import streamlit as st

from curator.app.common.markdown import plain
from curator.app.common.state import Remembered
from curator.steps.importing.import_options import LEAVE_OUT
from curator.steps.importing.preview_collection import LabelFileColumns, NamedLabel
from db.labels import Expression, Flag

_THINGS = ("image", "label", "annotator", "subject", "split")
_SHOWN_NAMES = 60


def _column(thing: str) -> Remembered[str | None]:
    return Remembered(f"import.column.{thing}", None)


def chosen_columns() -> dict[str, str]:
    """Return the columns that were chosen otherwise than they are recognised."""
    chosen = {thing: _column(thing).value() for thing in _THINGS}
    return {thing: title for thing, title in chosen.items() if title is not None}


def ask_for_columns(label_files: Sequence[LabelFileColumns]) -> None:
    """Let a person say which column of the label files tells what; open where it is not plain."""
    if not label_files:
        return
    is_plain = all({"image", "label"} <= set(label_file.proposal) for label_file in label_files)
    name = plain(label_files[0].table) if len(label_files) == 1 else f"{len(label_files):,} tables"
    is_open = not is_plain or bool(chosen_columns())
    with st.expander(f"Columns of {name}", expanded=is_open, icon=":material/table:"):
        if not is_plain:
            st.markdown("Which columns tell the image and its label?")
        _column_choices(label_files)


def _column_choices(label_files: Sequence[LabelFileColumns]) -> None:
    titles = list(dict.fromkeys(title for label_file in label_files for title in label_file.titles))
    for column, thing in zip(st.columns(len(_THINGS)), _THINGS, strict=True):
        known = dict.fromkeys(label_file.proposal.get(thing, "none") for label_file in label_files)
        column.selectbox(
            thing.capitalize(),
            titles,
            None,
            key=_column(thing).key,
            placeholder=", ".join(known),
        )


def ask_for_meanings(labels: Sequence[NamedLabel]) -> dict[str, str]:
    """Ask what those names of labels mean that mean none of ours.

    Returns:
        What was chosen so far, by the name: a label, a flag, or `LEAVE_OUT`.
    """
    _understood([label for label in labels if label.means is not None])
    unknown = [label for label in labels if label.means is None]
    if not unknown:
        return {}
    names = "1 name means" if len(unknown) == 1 else f"{len(unknown):,} names mean"
    st.markdown(f"**{names} none of the seven labels.** What is left open comes in unlabelled.")
    if len(unknown) > _SHOWN_NAMES:
        st.caption(f"The {_SHOWN_NAMES} most frequent are shown.")
    columns = st.columns(3)
    meanings = {}
    for place, label in enumerate(unknown[:_SHOWN_NAMES]):
        with columns[place % len(columns)]:
            meanings[label.said] = _meaning(label)
    return {said: meant for said, meant in meanings.items() if meant is not None}


def _understood(labels: Sequence[NamedLabel]) -> None:
    if labels:
        said = ", ".join(_in_words(label) for label in labels[:_SHOWN_NAMES])
        st.caption(f"Understood: {said}.")


def _in_words(label: NamedLabel) -> str:
    renamed = "" if label.said == label.means else f" as {label.means}"
    return f"{plain(label.said)}{renamed} ({label.times:,})"


def _meaning(label: NamedLabel) -> str | None:
    meant: str | None = st.selectbox(
        f"{plain(label.said)} ({label.times:,} times)",
        [*map(str, Expression), *map(str, Flag), LEAVE_OUT],
        None,
        format_func=lambda meant: "leave out" if meant == LEAVE_OUT else meant,
        key=f"import.meaning.{label.said}",
        placeholder="Means …",
    )
    return meant
