"""What some subjects wear on the face: a beard, glasses."""

import numpy as np

from sample_data.canvas import Brush
from sample_data.curves import (
    Floats,
    darker,
    ellipse,
    mirrored,
    mix,
    moved,
    rgb,
    ribbon,
    smooth_closed,
)
from sample_data.expressions import ActionUnits
from sample_data.eyes import eye_centre
from sample_data.head import outline, temple_width
from sample_data.mouth import mouth_shape
from sample_data.subjects import Subject


def _moustache(subject: Subject, units: ActionUnits) -> Floats:
    """Give the shape of the hair between nose and upper lip."""
    top = mouth_shape(subject, units).top
    middle = top[16]
    left, right = moved(top[2], -0.03, 0.04), moved(top[-3], 0.03, 0.04)
    return smooth_closed(
        [
            (middle[0], middle[1] - 0.085),
            (middle[0] + 0.12, middle[1] - 0.075),
            (right[0], right[1] - 0.03),
            (right[0] - 0.01, right[1] + 0.02),
            (middle[0] + 0.1, middle[1] + 0.008),
            (middle[0], middle[1] + 0.005),
            (middle[0] - 0.1, middle[1] + 0.008),
            (left[0] + 0.01, left[1] + 0.02),
            (left[0], left[1] - 0.03),
            (middle[0] - 0.12, middle[1] - 0.075),
        ]
    )


def _jaw_hair(subject: Subject, units: ActionUnits) -> Floats:
    """Give the shape of a full beard along the jaw, a ring open at the top."""
    mouth = mouth_shape(subject, units)
    width = temple_width(subject)
    edge = outline(subject, units)
    jaw = edge[edge[:, 1] > 0.12] * (1.015, 1.02)
    jaw = jaw[np.argsort(np.arctan2(jaw[:, 0], jaw[:, 1] - 0.1))]
    corner_y = float(mouth.top[-1, 1])
    inner = np.array(
        [
            (width - 0.05, 0.12),
            (width - 0.15, 0.4),
            (0.42, corner_y - 0.08),
            (0.16, float(mouth.top[16, 1]) - 0.07),
        ]
    )
    upper = np.concatenate([inner, mirrored(inner)[::-1]])
    return np.concatenate([jaw, upper])


def draw_beard(brush: Brush, subject: Subject, units: ActionUnits) -> None:
    """Draw the beard; the mouth goes on top of it."""
    colour = mix(darker(subject.hair, 0.85), darker(subject.skin, 0.5), 0.15)
    mouth = mouth_shape(subject, units)
    skin = outline(subject, units)
    chin_y = float(mouth.bottom[16, 1])
    if subject.beard == "stubble":
        brush.fill(_jaw_hair(subject, units), colour=colour, opacity=0.3, blur=0.03, within=skin)
    if subject.beard == "full":
        brush.fill(_jaw_hair(subject, units), colour=colour, opacity=0.9, blur=0.018)
    if subject.beard in ("moustache", "goatee", "full"):
        brush.fill(_moustache(subject, units), colour=colour, opacity=0.9, blur=0.01)
    if subject.beard == "goatee":
        low_y = float(skin[:, 1].max())
        tuft = ellipse(0.0, (chin_y + low_y) / 2 + 0.06, 0.17, (low_y - chin_y) / 2 - 0.01)
        brush.fill(tuft, colour=colour, opacity=0.88, blur=0.014)


def draw_glasses(brush: Brush, subject: Subject) -> None:
    """Draw thin frames and a little shine, so that the eyes stay clear."""
    if subject.glasses == "none":
        return
    x, y = eye_centre(subject)[0]
    if subject.glasses == "round":
        lens = ellipse(x, y + 0.02, 0.225, 0.2)
    else:
        lens = smooth_closed(
            [
                (x - 0.2, y - 0.13),
                (x + 0.22, y - 0.14),
                (x + 0.2, y + 0.16),
                (x - 0.18, y + 0.17),
            ],
            steps=7,
        )
    frame = rgb(44, 36, 38)
    closed = np.vstack([lens, lens[:2]])
    inner, outer = float(lens[:, 0].min()), float(lens[:, 0].max())
    bridge = np.array([(-inner, y - 0.02), (0.0, y - 0.05), (inner, y - 0.02)])
    arm = np.array([(outer, y - 0.04), (temple_width(subject) + 0.02, y - 0.06)])
    brush.fill(lens, mirrored(lens), colour=rgb(225, 235, 245), opacity=0.08)
    rims = [ribbon(path, (0.022, 0.022, 0.022)) for path in (closed, mirrored(closed), bridge)]
    arms = [ribbon(path, (0.03, 0.03, 0.03)) for path in (arm, mirrored(arm))]
    brush.fill(*rims, *arms, colour=frame, opacity=0.95)
