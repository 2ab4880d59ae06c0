"""How each annotator labels, for the owner: side by side by name, and never ranked."""

from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import person, project
from curator.core.review.proportions import FEWEST_TO_JUDGE, Proportion
from curator.steps.review.measure_annotators import AnnotatorQuality, measure_annotators

_COLUMNS = {
    "Annotator": "",
    "Last seen": "Newest label or sign-in",
    "Today": "Faces labelled today",
    "In all": "Faces labelled",
    "Gold": "First answers on gold faces that were right",
    "With others": "The same as the final word, or as most others who labelled the face",
    "Same again": "The same answer when the same picture came up again",
    "Changed": "Faces whose label was changed or taken back",
    "Flags": "Unsure, not a face, bad crop",
    "Pace": "Median seconds from one press to the next within a sitting",
}
_TABLE = (
    "<div style='overflow-x:auto'><table style='border-collapse:collapse;width:100%;"
    "font-size:13px;white-space:nowrap'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    "</table></div>"
)
_LINE = "border-bottom:1px solid rgba(128,128,128,.25);padding:6px 12px 6px 0;text-align:left"
_EMPTY = "<span style='opacity:.45'>none</span>"


def show() -> None:
    """Show a row for each annotator, and one of them more closely."""
    st.title("Team")
    with project().reading() as session:
        team = measure_annotators(session, _day_began())
    if not any(annotator.total for annotator in team):
        st.info("Nobody has labelled yet. Here you will see how each annotator gets on.")
        link_to("label", person().role, "Label faces")
        return
    st.html(_table(team))
    st.caption(
        "Shares count labels given with no suggestion in sight. Below each stand the range in "
        "which it lies with 95 % certainty and the number of faces. Those of fewer than "
        f"{FEWEST_TO_JUDGE} faces are grey: they say little. Faces differ in how hard they are, "
        "so the rows are no ranking. Only owners see this page."
    )
    with st.expander("What the columns say", icon=":material/help:"):
        st.markdown("\n".join(f"- **{name}**: {hint}" for name, hint in _COLUMNS.items() if hint))
    _closer(team)


def _day_began() -> datetime:
    """Return the last midnight where whoever looks at this page sits."""
    zone = ZoneInfo(st.context.timezone or "UTC")
    return datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _table(team: list[AnnotatorQuality]) -> str:
    head = "".join(
        f"<th style='{_LINE};opacity:.75' title='{escape(hint)}'>{name}</th>"
        for name, hint in _COLUMNS.items()
    )
    rows = "".join(
        "<tr>" + "".join(f"<td style='{_LINE}'>{cell}</td>" for cell in _cells(annotator)) + "</tr>"
        for annotator in team
    )
    return _TABLE.format(head=head, rows=rows)


def _cells(annotator: AnnotatorQuality) -> list[str]:
    closed = "" if annotator.is_open else " <span style='opacity:.6'>closed</span>"
    return [
        f"<b style='white-space:normal'>{escape(annotator.name)}</b>{closed}",
        _ago(annotator.last_seen),
        f"{annotator.today:,}",
        f"{annotator.total:,}",
        _share(annotator.gold),
        _share(annotator.agreement),
        _share(annotator.consistency),
        _share(annotator.second_thoughts),
        _share(annotator.flags),
        _seconds(annotator.pace_seconds),
    ]


def _share(share: Proportion) -> str:
    if not share.cases:
        return _EMPTY
    low, high = share.interval
    style = "" if share.says_much else "opacity:.45"
    return (
        f"<span style='{style}'>{share.value:.0%}<br><span style='font-size:11px;opacity:.8'>"
        f"{low * 100:.0f} to {high * 100:.0f} % of {share.cases:,}</span></span>"
    )


def _seconds(seconds: float | None) -> str:
    return _EMPTY if seconds is None else f"{seconds:.1f} s"


def _ago(at: datetime | None) -> str:
    if at is None:
        return _EMPTY
    minutes = (datetime.now(UTC) - at).total_seconds() / 60
    if minutes < 2:
        return "now"
    if minutes < 120:
        return f"{minutes:.0f} min ago"
    return f"{minutes / 60:.0f} h ago" if minutes < 48 * 60 else f"{at:%Y-%m-%d}"


@st.fragment
def _closer(team: list[AnnotatorQuality]) -> None:
    names = [annotator.name for annotator in team if annotator.total]
    st.subheader("More closely")
    name = st.selectbox("Annotator", names, key="team.who", label_visibility="collapsed")
    annotator = next(annotator for annotator in team if annotator.name == name)
    words, charts = st.columns(2, gap="large")
    with words:
        st.markdown("\n".join(f"- {line}" for line in _in_words(annotator)))
    with charts:
        _days(annotator)


def _in_words(annotator: AnnotatorQuality) -> list[str]:
    drift = annotator.drift
    lines = []
    if drift.early.cases and drift.late.cases:
        low, high = drift.change_interval
        lines.append(
            f"With others {drift.early.value:.0%} in the first third of a sitting, "
            f"{drift.late.value:.0%} in the last: a change of {low * 100:+.0f} to "
            f"{high * 100:+.0f} points{_verdict(low, high)}."
        )
    else:
        lines.append("No sitting was long enough yet to see a change within it.")
    if drift.early_pace_seconds and drift.late_pace_seconds:
        lines.append(
            f"A press every {drift.early_pace_seconds:.1f} s at first, every "
            f"{drift.late_pace_seconds:.1f} s towards the end."
        )
    lines += [
        f"Says **{confusion.said}** where others say **{confusion.meant}**: "
        f"{confusion.share.hits:,} of {confusion.share.cases:,}."
        for confusion in annotator.confusions
    ]
    return lines


def _verdict(low: float, high: float) -> str:
    if low > 0:
        return ", for the better"
    return ", for the worse" if high < 0 else ", which may be chance"


def _days(annotator: AnnotatorQuality) -> None:
    days = pd.DataFrame(
        {
            "day": pd.to_datetime([day.day for day in annotator.days]),
            "faces": [day.annotations for day in annotator.days],
            "with others": [day.agreement.value for day in annotator.days],
            "seconds a press": [day.pace_seconds for day in annotator.days],
        }
    ).set_index("day")
    st.caption("Faces a day")
    st.bar_chart(days["faces"], height=140)
    if len(days) > 1:
        st.caption("Share with others, and seconds a press, by day")
        st.line_chart(days["with others"], height=140)
        st.line_chart(days["seconds a press"], height=140)


if __name__ == "__main__":
    show()
