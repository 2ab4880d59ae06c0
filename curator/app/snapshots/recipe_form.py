"""The choices of a recipe, as the Snapshots page asks for them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from curator.app.common.state import Remembered, project
from curator.core.faces.quality_bounds import DEFAULT_BOUNDS, QUALITY_MEASURES, Bounds
from curator.core.snapshots.balancing.balance import PAPER_9K, Targets
from curator.core.snapshots.balancing.remedies import AGREEMENT, QUALITY, SUBJECT, QualityThreshold
from curator.core.snapshots.recipe import PRESETS, Preprocessing, Recipe
from curator.steps.consensus.settle_labels import project_rule
from curator.steps.importing.list_sources import terms_by_source
from curator.steps.project.settings import settings
from db.labels import Expression

_OWN = "own counts"
_PREPROCESSING: dict[str, Preprocessing] = {
    "the paper's: grey": "paper",
    "none: colour": "none",
}
_TITLES = {measure.key: measure.title for measure in QUALITY_MEASURES}

_PRESET: Remembered[str] = Remembered("snapshot.preset", next(iter(PRESETS)))
_TARGETS: dict[Expression, Remembered[int]] = {
    label: Remembered(f"snapshot.target.{label}", count) for label, count in PAPER_9K.items()
}
_FLOORS: Remembered[list[str]] = Remembered("snapshot.floors", list(DEFAULT_BOUNDS))
_AGREEMENT: Remembered[int] = Remembered("snapshot.agreement", 0)
_PER_SUBJECT: Remembered[int | None] = Remembered("snapshot.per_subject", None)
_SOURCES: Remembered[list[str]] = Remembered("snapshot.sources", [])


def recipe_choices() -> Recipe:
    """Ask for a recipe; labels settle and duplicates count as the project has it."""
    with project().reading() as session:
        rule, distance = project_rule(session), settings(session).duplicate_distance
        sources = list(terms_by_source(session))
    left, middle, right = st.columns(3)
    preset = _kept(_PRESET, left.selectbox, "Recipe", [*PRESETS, _OWN])
    wanted = middle.selectbox("Pre-processing", list(_PREPROCESSING), key="snapshot.preprocessing")
    seed = right.number_input("Seed", 0, 2**31, 0, key="snapshot.seed")
    targets = _own_targets() if preset == _OWN else PRESETS[preset].targets
    is_choosy = st.toggle(
        "Leave out faces of low quality",
        key="snapshot.quality",
        help="Those below the thresholds of the Faces page: small, blurred, dark, turned away.",
    )
    recipe = Recipe(
        targets=targets,
        rule=rule,
        duplicate_distance=distance,
        preprocessing=_PREPROCESSING[wanted],
        seed=int(seed),
    )
    with st.expander("More choices", icon=":material/tune:"):
        return replace(recipe, **_more_choices(sources, is_choosy=is_choosy))


def _kept(kept: Remembered[Any], widget: Any, *arguments: Any, **more: Any) -> Any:
    """Show a widget that begins with what is remembered, and that others can change.

    What the widget holds is not written back: that would undo what is being typed.
    """
    if kept.key not in st.session_state:
        kept.keep(kept.initial)
    return widget(*arguments, key=kept.key, **more)


def _own_targets() -> Targets:
    with st.container(horizontal=True):
        return {
            label: int(_kept(kept, st.number_input, label.capitalize(), 0, step=10, width=108))
            for label, kept in _TARGETS.items()
        }


def _more_choices(sources: list[str], *, is_choosy: bool) -> dict[str, Any]:
    left, right = st.columns(2)
    with left:
        agreement = _kept(
            _AGREEMENT,
            st.number_input,
            "Smallest share of the votes for the label, in %",
            0,
            100,
            step=5,
        )
    with right:
        most = _kept(
            _PER_SUBJECT,
            st.number_input,
            "Most faces of one subject",
            1,
            value=None,
            placeholder="any number",
            help="Faces whose subject nobody knows are not limited.",
        )
    return {
        "min_agreement": int(agreement) / 100,
        "max_per_subject": None if most is None else int(most),
        "quality": _quality() if is_choosy else {},
        "source_shares": _shares(sources),
        "splits": _splits(),
    }


def _quality() -> Mapping[str, Bounds]:
    measures = _kept(
        _FLOORS,
        st.multiselect,
        "Thresholds of quality",
        list(DEFAULT_BOUNDS),
        format_func=_TITLES.__getitem__,
    )
    return {key: DEFAULT_BOUNDS[key] for key in measures}


def _shares(sources: list[str]) -> Mapping[str, Bounds]:
    held = _kept(
        _SOURCES,
        st.multiselect,
        "Sources held to a share of the set",
        sources,
        placeholder="none",
    )
    return {source: _share(source) for source in held}


def _share(source: str) -> Bounds:
    low, high = st.slider(
        f"From {source}", 0, 100, (0, 100), step=5, format="%d %%", key=f"snapshot.share.{source}"
    )
    return Bounds(low / 100, high / 100)


def _splits() -> str:
    is_leaky = st.checkbox(
        "Deal each face to the splits alone, for comparison", key="snapshot.leaky"
    )
    if not is_leaky:
        return "whole units"
    st.warning(
        "Copies of a picture and photos of one person will stand in train and test at once. "
        "Scores on such splits come out too high and cannot be published as they are. "
        "The snapshot says so in its recipe and its README."
    )
    return "leaky, for comparison"


def take_targets(targets: Targets) -> None:
    """Put these targets in the place of the recipe's."""
    _PRESET.keep(_OWN)
    for label, kept in _TARGETS.items():
        kept.keep(targets.get(label, 0))


def drop_threshold(threshold: QualityThreshold) -> None:
    """Take a threshold out of the choices."""
    if threshold.kind == QUALITY:
        _FLOORS.keep([key for key in _FLOORS.value() if key != threshold.name])
    elif threshold.kind == AGREEMENT:
        _AGREEMENT.keep(0)
    elif threshold.kind == SUBJECT:
        _PER_SUBJECT.keep(None)
    else:
        _SOURCES.keep([source for source in _SOURCES.value() if source != threshold.name])
