"""The charts of a run."""

from typing import Any

import altair as alt
import pandas as pd

from db.run_folder.figures import CellFigures

_TRAINING, _VALIDATION = "#4477aa", "#cc6677"
_SHARE = alt.Scale(domain=[0, 1])


def curve_chart(curves: pd.DataFrame, what: str) -> alt.Chart:
    """Draw `accuracy` or `loss` by epoch: training beside validation, or nets beside each other.

    Args:
        curves: As `db.run_folder.run_tables.curve_table` returns it, of one net or of several; of
            several, only validation is drawn.
        what: Which of the two columns.
    """
    is_one = curves["net"].nunique() == 1
    shown = curves if is_one else curves[curves["faces"] == "validation"]
    split = alt.Scale(domain=["training", "validation"], range=[_TRAINING, _VALIDATION])
    colour: Any = alt.Color("faces:N", scale=split) if is_one else alt.Color("net:N")
    lines: alt.Chart = alt.Chart(shown, height=300).mark_line(point=len(shown) < 60)
    return lines.encode(
        x=alt.X("epoch:Q", axis=alt.Axis(tickMinStep=1, format="d")),
        y=alt.Y(f"{what}:Q", scale=_SHARE if what == "accuracy" else alt.Undefined),
        color=colour.legend(orient="bottom", title=None),
        tooltip=["net", "faces", "epoch", alt.Tooltip(f"{what}:Q", format=".4f")],
    )


def confusion_chart(counts: pd.DataFrame) -> alt.LayerChart:
    """Draw a confusion matrix, true labels down and predicted ones across.

    Args:
        counts: As `db.run_folder.run_tables.confusion_table` returns it.
    """
    labels = list(counts.columns)
    cells = counts.reset_index().melt("true", var_name="predicted", value_name="faces")
    axis = alt.Axis(orient="top", labelAngle=-45, labelOverlap=False)
    base = alt.Chart(cells).encode(
        x=alt.X("predicted:N", sort=labels, axis=axis),
        y=alt.Y("true:N", sort=labels),
    )
    colour = alt.Color("faces:Q", scale=alt.Scale(scheme="blues"), legend=None)
    shade = "datum.faces > " + str(counts.to_numpy().max() / 2)
    text = alt.when(shade).then(alt.value("white")).otherwise(alt.value("black"))
    rectangles = base.mark_rect().encode(color=colour)
    numbers = base.mark_text().encode(text="faces:Q", color=text)
    return alt.LayerChart(layer=[rectangles, numbers], data=cells, height=380)


def reliability_chart(cell: CellFigures) -> alt.LayerChart:
    """Draw how often the predicted label is right by the probability it was given."""
    rows = [
        {"from": one.low, "to": one.high, "right": one.accuracy, "faces": one.faces}
        for one in cell.calibration
    ]
    bins = pd.DataFrame(rows, columns=["from", "to", "right", "faces"])
    bars = (
        alt.Chart(bins)
        .mark_bar(color=_TRAINING, stroke="white")
        .encode(
            x=alt.X("from:Q", scale=_SHARE, title="probability of the predicted label"),
            x2="to",
            y=alt.Y("right:Q", scale=_SHARE, title="share that is right"),
            tooltip=["faces", alt.Tooltip("right:Q", format=".3f")],
        )
    )
    ends = pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0]})
    line = alt.Chart(ends).mark_line(color="#888", strokeDash=[4, 4]).encode(x="x:Q", y="y:Q")
    return alt.LayerChart(layer=[bars, line], height=320)


def interval_chart(table: pd.DataFrame, name: str, value: str) -> alt.LayerChart:
    """Draw figures with their 95 % intervals, one a line, and say what they rest on.

    Args:
        table: With the columns `name`, `value`, `low`, `high` and `faces`.
        name: The column that names a line.
        value: The column of the figure.
    """
    ends = [alt.Tooltip(f"{one}:Q", format=".3f") for one in (value, "low", "high")]
    tooltip = [alt.Tooltip(f"{name}:N"), *ends, alt.Tooltip("faces:Q")]
    base = alt.Chart(table).encode(y=alt.Y(f"{name}:N", sort=None, title=None), tooltip=tooltip)
    axis = alt.X("low:Q", scale=_SHARE, title=value)
    intervals = base.mark_rule(strokeWidth=2, color=_TRAINING).encode(x=axis, x2="high")
    points = base.mark_point(filled=True, size=70, color=_TRAINING).encode(
        x=alt.X(f"{value}:Q", scale=_SHARE, title=value)
    )
    return alt.LayerChart(layer=[intervals, points], data=table, height=alt.Step(26))
