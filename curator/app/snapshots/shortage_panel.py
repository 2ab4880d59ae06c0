"""What a recipe lacks, and what can be done about it before it is frozen."""

from datetime import UTC, datetime

import streamlit as st

from curator.app.common.markdown import plain
from curator.app.common.state import person, project
from curator.app.common.widgets import acting
from curator.app.snapshots.recipe_form import drop_threshold, take_targets
from curator.core.snapshots.recipe import Recipe
from curator.steps.snapshots.preview_snapshot import Preview
from curator.steps.snapshots.prioritise_faces import send_next

_MOST_FLOORS = 4


def shortage_panel(seen: Preview, recipe: Recipe) -> None:
    """Say what is short, and offer to label it next, to scale down, or to drop a threshold."""
    if not seen.sentences:
        return
    lines = "\n".join(f"- {plain(sentence)}" for sentence in seen.sentences)
    if recipe.targets is None:
        st.info(lines)
    else:
        taken = "" if seen.chosen.empty else " Freezing takes what there is."
        st.warning(f"Short of the recipe's targets.{taken}\n\n{lines}")
    with st.container(horizontal=True):
        st.button(
            "Send annotators these faces next",
            key="snapshot.send",
            icon=":material/forward_to_inbox:",
            help="Brings the faces into the order of need, and hands them out in it from now on.",
            on_click=acting,
            args=(lambda: _send(recipe),),
        )
        _scale(seen, recipe)
        for threshold in seen.quality_thresholds[:_MOST_FLOORS]:
            st.button(
                f"Drop {threshold.title}: {threshold.faces:,} more",
                key=f"snapshot.drop.{threshold.kind}.{threshold.name}",
                icon=":material/stat_minus_1:",
                help=threshold.in_words(),
                on_click=drop_threshold,
                args=(threshold,),
            )


def _scale(seen: Preview, recipe: Recipe) -> None:
    if not recipe.targets or not seen.scaled or not sum(seen.scaled.values()):
        return
    faces, share = (
        sum(seen.scaled.values()),
        sum(seen.scaled.values()) / sum(recipe.targets.values()),
    )
    st.button(
        f"Scale all down to {share:.0%}",
        key="snapshot.scale",
        icon=":material/percent:",
        help=f"{faces:,} faces in the same proportions, with no label short.",
        on_click=take_targets,
        args=(seen.scaled,),
    )


def _send(recipe: Recipe) -> str:
    with project().writing() as session:
        send_next(session, recipe, person().id, datetime.now(UTC))
        session.commit()
    return "Annotators get what this recipe lacks first, as soon as the faces are in order."
