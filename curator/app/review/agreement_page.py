"""How far annotators say the same, and where they do not."""

import altair as alt
import pandas as pd
import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import person, project
from curator.core.review.agreement import confusion_shares
from curator.core.review.annotator_pairs import AnnotatorPair
from curator.core.review.bootstrap import Figure
from curator.steps.review.measure_agreement import AgreementReport, Counting, measure_agreement

_COUNT = st.column_config.NumberColumn(format="localized")
_KAPPA = st.column_config.NumberColumn(format="%.2f")
_SHARE = st.column_config.NumberColumn(format="percent")

_MEANINGS = {
    "Two annotators agree": ("percent", "Of two annotators of one face, so many say the same."),
    "All agree": ("percent", "Of so many faces, all annotators say the same."),
    "Fleiss' kappa": (
        "number",
        "The same beyond chance: 0 is what guessing in the same proportions would give, 1 is "
        "full agreement.",
    ),
    "Krippendorff's alpha": (
        "number",
        "Read like kappa. The usual mark for firm conclusions is 0.80, for tentative ones 0.67.",
    ),
    "Human ceiling": (
        "percent",
        "So often an annotator says what most of the face's others say; ties count in part. A "
        "model that does so as often is as good as one more annotator.",
    ),
}


def show() -> None:
    """Show how far annotators agree, over all, by label, and by pair of annotators."""
    st.title("Agreement")
    counting = _choice()
    with project().reading() as session:
        report = measure_agreement(session, counting)
    if not report.compared:
        _nothing_to_compare(report)
        return
    st.markdown(_counted(report))
    _headline(report)
    _labels(report)
    _confusions(report)
    _pairs(report)


def _choice() -> Counting:
    with st.expander("Which annotations count", icon=":material/tune:"):
        st.caption(
            "If you choose nothing, only labels that nothing could have swayed count: given "
            "before seeing a suggestion, and asked for whatever the others said."
        )
        return Counting(
            later=st.checkbox(
                "Also those asked for only where the first disagree",
                key="agreement.later",
                help="They pile up on the difficult faces, so that agreement looks worse by the "
                "pair of annotations and better by the face.",
            ),
            shown=st.checkbox(
                "Also those given with a suggestion on the screen",
                key="agreement.shown",
                help="People lean towards what they are shown, so that agreement looks better.",
            ),
            flags=st.checkbox(
                "Also flags: unsure, not a face, bad crop",
                key="agreement.flags",
                help="They are then three more things that annotators can agree on.",
            ),
        )


def _nothing_to_compare(report: AgreementReport) -> None:
    st.info(
        "Agreement shows once two people have labelled the same face, neither having seen what "
        "the other said. "
        f"So far {report.counted:,} annotations count, on {report.faces:,} faces, by "
        f"{len(report.annotators):,} annotators, and no face has two. "
        f"Stored in all: {report.standing:,}."
    )
    link_to("label", person().role, "Label faces")


def _counted(report: AgreementReport) -> str:
    which = "all blind ones" if report.first is None else f"each face's first {report.first}"
    return (
        f"**{report.counted:,}** of {report.standing:,} annotations count ({which}), by "
        f"**{len(report.annotators):,}** annotators; **{report.compared:,}** of "
        f"{report.faces:,} faces have two or more and can be compared. Below each figure stands "
        "its 95 % interval: with other faces of the same kind it would very likely lie in there."
    )


def _headline(report: AgreementReport) -> None:
    figures = report.agreement
    cards = {
        "Two annotators agree": figures.share,
        "All agree": figures.unanimous,
        "Fleiss' kappa": figures.fleiss,
        "Krippendorff's alpha": figures.krippendorff,
        "Human ceiling": report.ceiling,
    }
    if report.first == 2:
        del cards["All agree"]  # which two do when they agree
    for column, (title, figure) in zip(st.columns(len(cards)), cards.items(), strict=True):
        with column.container(border=True, height="stretch"):
            _card(title, figure)


def _card(title: str, figure: Figure) -> None:
    form, meaning = _MEANINGS[title]
    st.metric(title, _number(figure.value, form))
    st.markdown(f"**{_interval(figure, form)}**")
    st.caption(
        f"{meaning} Rests on {figure.pairs:,} pairs of annotations on {figure.faces:,} faces."
    )


def _number(value: float | None, form: str) -> str:
    if value is None:
        return "undefined"
    return f"{value:.1%}" if form == "percent" else f"{value:.2f}"


def _interval(figure: Figure, form: str) -> str:
    if figure.interval is None:
        return "too few faces"
    low, high = (_number(bound, form) for bound in (figure.interval.low, figure.interval.high))
    return f"{low} to {high}"


def _labels(report: AgreementReport) -> None:
    st.subheader("By label")
    st.caption(
        "Kappa of each label against all others: how well annotators tell it apart, whatever "
        "its frequency. A low one calls for a clearer guideline or more annotators."
    )
    rows = [
        {"label": label, **_kappa_columns(figure), "annotations": figure.annotations}
        for label, figure in report.agreement.labels.items()
        if figure.annotations
    ]
    table = pd.DataFrame(rows).sort_values("kappa", ascending=False)
    _table(table)


def _kappa_columns(figure: Figure) -> dict[str, float | int | str | None]:
    return {
        "kappa": figure.value,
        "95 % interval": _interval(figure, "number"),
        "faces": figure.faces,
    }


def _table(table: pd.DataFrame) -> None:
    formats = {"kappa": _KAPPA, "agree": _SHARE, "faces": _COUNT, "annotations": _COUNT}
    st.dataframe(table, hide_index=True, width="stretch", column_config=formats)


def _confusions(report: AgreementReport) -> None:
    st.subheader("What is taken for what")
    st.caption(
        "Where one annotator says the label of the row, so many of the others, in percent, say "
        "that of the column."
    )
    st.altair_chart(_heat_map(confusion_shares(report.confusions)), width="stretch")


def _heat_map(shares: pd.DataFrame) -> alt.LayerChart:
    rows, columns = list(shares.index), list(shares.columns)
    cells = (
        shares.rename_axis("one").reset_index().melt("one", var_name="other", value_name="share")
    )
    base = alt.Chart(cells).encode(
        x=alt.X(
            "other:N",
            sort=columns,
            title="another says",
            axis=alt.Axis(orient="top", labelAngle=-45, labelOverlap=False),
        ),
        y=alt.Y("one:N", sort=rows, title="one says"),
    )
    colour = alt.Color("share:Q", scale=alt.Scale(scheme="blues", domain=[0, 1]), legend=None)
    text = alt.when("datum.share > 0.5").then(alt.value("white")).otherwise(alt.value("black"))
    numbers = base.mark_text().encode(text=alt.Text("share:Q", format=".0%"), color=text)
    layers = [base.mark_rect().encode(color=colour), numbers]
    return alt.LayerChart(layer=layers, data=cells, height=90 + 36 * len(rows))


def _pairs(report: AgreementReport) -> None:
    st.subheader("By pair of annotators")
    st.caption(
        "How far two people agree on the faces that both have labelled, and Cohen's kappa, which "
        "takes off what chance would give. With few faces in common it says little. One who is "
        "low with everybody may read the guideline otherwise."
    )
    _table(pd.DataFrame([_pair_columns(pair, report.annotators) for pair in report.pairs]))


def _pair_columns(pair: AnnotatorPair, names: dict[int, str]) -> dict[str, object]:
    first, second = sorted((names[pair.first], names[pair.second]))
    return {
        "one": first,
        "other": second,
        "agree": None if pair.share.value is None else round(pair.share.value, 2),
        **_kappa_columns(pair.kappa),
    }


if __name__ == "__main__":
    show()
