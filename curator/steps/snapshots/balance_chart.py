"""Draw how a snapshot is balanced."""

from collections.abc import Iterator
from typing import Any

from db.labels import SPLITS

_COLOURS = dict(zip(SPLITS, ("#4c78a8", "#f58518", "#54a24b"), strict=True))
_ROW_PX, _BAR_PX, _LEFT_PX, _WIDTH_PX = 30, 20, 80, 520


def balance_chart(card: dict[str, Any]) -> str:
    """Draw the faces per label as an SVG: a bar a label, its splits side by side."""
    most = max(sum(row.values()) for row in card["labels"].values())
    scale = (_WIDTH_PX - _LEFT_PX - 60) / max(most, 1)
    height = _ROW_PX * (len(card["labels"]) + 1) + 10
    bars = [
        part
        for place, (label, row) in enumerate(card["labels"].items())
        for part in _bar(label, row, 10 + place * _ROW_PX, scale)
    ]
    label_file = [
        f'<rect x="{_LEFT_PX + 110 * n}" y="{height - 24}" width="12" height="12" '
        f'fill="{colour}"/><text x="{_LEFT_PX + 18 + 110 * n}" y="{height - 14}">{split}</text>'
        for n, (split, colour) in enumerate(_COLOURS.items())
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH_PX}" height="{height}" '
            'font-family="sans-serif" font-size="13">',
            "<title>Faces per label and split</title>",
            *bars,
            *label_file,
            "</svg>",
            "",
        ]
    )


def _bar(label: str, row: dict[str, int], top: int, scale: float) -> Iterator[str]:
    yield f'<text x="{_LEFT_PX - 8}" y="{top + 15}" text-anchor="end">{label}</text>'
    left = float(_LEFT_PX)
    for split, colour in _COLOURS.items():
        width = row[split] * scale
        yield (
            f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_BAR_PX}" '
            f'fill="{colour}"/>'
        )
        left += width
    yield f'<text x="{left + 6:.1f}" y="{top + 15}">{sum(row.values()):,}</text>'
