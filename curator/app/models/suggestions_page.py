"""Help from models: suggestions, the order by need, what they do to annotators, likely errors."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import Remembered, person, project
from curator.app.common.widgets import acting, chosen_part, face_grid, job_panel, request_job
from curator.core.review.proportions import Proportion
from curator.core.snapshots.recipe import PRESETS
from curator.steps.models.list_label_errors import LabelErrors, has_predictions, list_label_errors
from curator.steps.models.list_runs import ListedRun, list_runs
from curator.steps.models.list_suggestions import SuggestedBy, drop_suggestions, list_suggestions
from curator.steps.models.request_suggestions import AskableModel, askable_models, waiting_faces
from curator.steps.project.settings import settings
from curator.steps.review.adjudicate import adjudicate
from curator.steps.review.measure_bias import measure_bias
from curator.steps.snapshots.prioritise_faces import preset_with_project_rule
from db.jobs.progress import committing, finished
from db.model_folder.installed_nets import INSTALLABLE
from db.tables.audit import note
from db.tables.settings import Order

_JOBS = ("prepare", "suggest", "order")
_LATER: Remembered[frozenset[int]] = Remembered("suggestions.later", frozenset())


def show() -> None:
    """Ask models, and show what they say and what that does."""
    st.title("Model help")
    parts = {
        "Suggestions": _suggestions,
        "Order by need": _order,
        "Bias": _bias,
        "Likely label errors": _label_errors,
    }
    chosen_part("Part", parts, "suggestions.part")()


def _suggestions() -> None:
    st.caption(
        "What a model says of a face is shown on the Verify page only, never on the Label page, "
        "and to each annotator it stays hidden on some faces by chance."
    )
    models = askable_models(project())
    if models:
        _ask(models)
    else:
        st.info(
            "There is no model yet. Run a benchmark and make its best model the standard one, "
            "or install a net that others have trained."
        )
        link_to("benchmark", person().role, "Go to the benchmark")
    _how_to_install([model.name for model in models])
    job_panel(_JOBS)
    with project().reading() as session:
        found = list_suggestions(session)
    for suggested in found:
        with st.container(border=True):
            _suggested_by(suggested)


def _ask(models: list[AskableModel]) -> None:
    titles = {model.model: model for model in models}
    with st.form("suggestions.ask"):
        left, right = st.columns([3, 2])
        asked = titles[left.selectbox("Model", list(titles), key="suggestions.model")]
        recipe = right.selectbox(
            "Then put first what this recipe lacks", list(PRESETS), key="suggestions.recipe"
        )
        with project().reading() as session:
            waiting = {name: waiting_faces(session, name) for name in titles}
        for model in models:
            st.caption(f"**{model.model}**: {waiting[model.model]:,} faces wait. {model.worth}")
        if st.form_submit_button(
            "Ask for suggestions", type="primary", icon=":material/magic_button:"
        ):
            acting(lambda: _start("prepare", recipe, {"name": asked.name}))
            st.rerun()


def _start(kind: str, recipe: str, arguments: dict[str, str]) -> None:
    with project().reading() as session:
        choices = preset_with_project_rule(session, recipe)
    request_job(kind, {**arguments, "recipe": choices.as_json()})


def _how_to_install(there: list[str]) -> None:
    missing = [name for name in INSTALLABLE if name not in there]
    if missing:
        with st.expander("Install a net that others have trained", icon=":material/download:"):
            st.markdown("On the machine of this project, with the trainer installed, run:")
            commands = [f"trainer install-net {name} --project PROJECT" for name in missing]
            st.code("\n".join(commands), language=None)


def _suggested_by(suggested: SuggestedBy) -> None:
    st.markdown(f"**{suggested.model}** · {suggested.faces:,} faces")
    counts = " · ".join(f"{count:,} {label}" for label, count in suggested.by_label.items())
    st.caption(counts)
    st.markdown(_agreement(suggested.agreement))
    st.button(
        "Drop these suggestions",
        key=f"suggestions.drop.{suggested.model}",
        icon=":material/delete:",
        on_click=acting,
        args=(lambda: _drop(suggested.model),),
    )


def _agreement(agreement: Proportion) -> str:
    if not agreement.cases:
        return "None of them has a settled label yet to compare with."
    low, high = agreement.interval
    return (
        f"Of {agreement.cases:,} with a settled label it says the same of "
        f"**{agreement.value:.0%}** (95 % interval {low:.0%} to {high:.0%}). "
        "Labels that were settled by looking at its suggestions count in its favour here."
    )


def _drop(model: str) -> str:
    with project().writing() as session:
        note(session, "suggestions dropped", {"model": model}, person().id, datetime.now(UTC))
        count = finished(committing(session, drop_suggestions(session, model)))
    return f"{count:,} suggestions of {model} are gone."


def _order() -> None:
    with project().reading() as session:
        by_need = settings(session).order is Order.NEED
    st.markdown(
        "Faces come **by need**, as this order has it, then by chance."
        if by_need
        else "Faces come **by chance** now. This order counts when the project goes by need."
    )
    if not by_need:
        link_to("settings", person().role, "Go by need")
    st.caption(
        "A face comes early when it may bring a label that the recipe lacks and when little is "
        "known of it yet: votes and models together say how likely each label is. Settled faces "
        "and doubles come last. Faces imported later come last until they are ordered again."
    )
    with st.form("suggestions.order", border=False):
        recipe = st.selectbox("Recipe", list(PRESETS), key="suggestions.order_recipe")
        if st.form_submit_button("Order the faces anew", type="primary"):
            acting(lambda: _start("order", recipe, {}))
            st.rerun()
    job_panel(_JOBS)


def _bias() -> None:
    st.caption(
        "How often annotators say the suggested label when they see it, less how often when it "
        "is hidden from them by chance. 10 % means: of 100 faces 10 got the label because it "
        "was suggested. An interval that holds 0 may be chance."
    )
    with project().reading() as session:
        found = measure_bias(session)
        hidden = settings(session).hidden_share
    if not found:
        st.info(
            "Nobody has labelled a face with a suggestion in sight yet. Of those who verify, "
            f"{hidden:.0%} of the suggestions are hidden; these faces come on the label page."
        )
    for origin, rows in found.items():
        st.subheader(_origin_in_words(origin))
        st.markdown(_bias_in_words(rows.iloc[0]))
        _bias_table(rows)


def _origin_in_words(origin: str) -> str:
    kind, _, name = origin.partition(":")
    return f"Suggested by the {kind} {name}"


def _bias_in_words(row: pd.Series) -> str:
    if pd.isna(row["bias"]):
        return (
            f"{row['shown']:,} labels were given with it in sight and {row['hidden']:,} without, "
            "by the same annotators: too few to compare."
        )
    drawn = "towards it" if row["low"] > 0 else "away from it" if row["high"] < 0 else ""
    said = f"Annotators are drawn {drawn}" if drawn else "No bias can be told from chance"
    return (
        f"{said}: **{row['bias']:+.1%}** (95 % interval {row['low']:+.1%} to {row['high']:+.1%}), "
        f"from {row['shown']:,} labels with it in sight and {row['hidden']:,} without."
    )


def _bias_table(rows: pd.DataFrame) -> None:
    titles = {"said_shown": "said it, shown", "said_hidden": "said it, hidden", "bias": "bias"}
    titles |= {"low": "from", "high": "to"}
    everyone = rows.assign(annotator=rows["annotator"].fillna("all"))
    st.dataframe(
        everyone.assign(label=everyone["label"].fillna("all")),
        hide_index=True,
        width="stretch",
        column_config={
            **{
                name: st.column_config.NumberColumn(title, format="percent")
                for name, title in titles.items()
            },
            "shown": "labels, shown",
            "hidden": "labels, hidden",
        },
    )


def _label_errors() -> None:
    with project().reading() as session:
        runs = [run for run in list_runs(project(), session) if _is_usable(run)]
    if not runs:
        st.info(
            "Likely errors are found by a benchmark, on the faces that its nets have not learned. "
            "No run has kept what its best model says of them yet."
        )
        link_to("benchmark", person().role, "Go to the benchmark")
        return
    titles = {run.title: run for run in runs}
    run = titles[st.selectbox("By the best model of", list(titles), key="suggestions.run")]
    with st.spinner("Ranking labels …"), project().reading() as session:
        cell = run.result.standard
        found = list_label_errors(session, run.folder, cell) if cell else None
    if found is not None:
        _ranked(found)


def _is_usable(run: ListedRun) -> bool:
    cell = run.result.standard
    return cell is not None and has_predictions(run.folder, cell)


def _ranked(found: LabelErrors) -> None:
    likely = found.faces[found.faces["is_likely_error"]]
    waiting = likely[~likely["face_id"].isin(_LATER.value())]
    st.markdown(f"**{found.likely:,}** likely errors, the least trusted first.")
    st.caption(
        "The model's own errors are among them, the more the worse it is. "
        f"Covered: the {found.covered:,} faces of the validation and test splits, less those "
        "looked at since. The training faces are not: the model has learned their labels."
    )
    if waiting.empty:
        st.info("Nothing waits here." if likely.empty else "You have put off all of them.")
        return
    _face(waiting.iloc[0])
    others = waiting.iloc[1:37]
    st.subheader("After it")
    captions = others["label"] + ", model: " + others["predicted"]
    face_grid(zip(others["face_id"].tolist(), captions.tolist(), strict=True))


def _face(row: pd.Series) -> None:
    face_id, label, predicted = int(row["face_id"]), str(row["label"]), str(row["predicted"])
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width=220):
            face_grid([(face_id, f"face {face_id}")], size_px=200)
        _words(face_id, label, predicted)


def _words(face_id: int, label: str, predicted: str) -> None:
    with st.container(width="stretch"):
        st.markdown(f"Labelled **{label}**; the model says **{predicted}**. Your final word?")
        with st.container(horizontal=True):
            for verdict in (label, predicted):
                st.button(
                    f"It is {verdict}",
                    key=f"suggestions.word.{face_id}.{verdict}",
                    on_click=_say,
                    args=(face_id, verdict),
                )
            st.button("Later", key=f"suggestions.later.{face_id}", on_click=_later, args=(face_id,))


def _say(face_id: int, verdict: str) -> None:
    with project().writing() as session:
        adjudicate(session, face_id, verdict, by=person().id, now=datetime.now(UTC))
        session.commit()


def _later(face_id: int) -> None:
    _LATER.keep(_LATER.value() | {face_id})


if __name__ == "__main__":
    show()
