"""Portraits: one subject, one label, one face."""

import numpy as np

from db.labels import Expression
from sample_data.backgrounds import background, exposed
from sample_data.curves import Floats
from sample_data.expressions import action_units
from sample_data.face import Figure, Showing, draw_figure
from sample_data.head import Light
from sample_data.plan import Kind, Plan, Stream, subject_at
from sample_data.subjects import Subject
from sample_data.truth import Drawn, FaceTruth, kept_inside, moved_face
from sample_data.view import Pose

_SIZES_WH = ((200, 240), (224, 224), (240, 288), (256, 256), (256, 300), (280, 280), (300, 320))


def drawn_light(rng: np.random.Generator) -> Light:
    """Draw a light from above and one side."""
    side = rng.choice([-1, 1]) * rng.uniform(0.1, 0.65)
    hardness, warmth = rng.uniform(0.25, 0.8), rng.uniform(-1, 1)
    return Light(side, rng.uniform(-0.7, -0.3), hardness, warmth)


def drawn_pose(rng: np.random.Generator) -> Pose:
    """Draw a small turn of the head."""
    yaw, pitch, roll = np.clip(rng.normal(0, 1, 3), -2.2, 2.2) * (6.0, 3.0, 3.5)
    return Pose(float(yaw), float(pitch), float(roll))


def showing(subject: Subject, label: Expression, light: Light, rng: np.random.Generator) -> Showing:
    """Let a subject show a label in a fresh pose."""
    return Showing(subject, action_units(label, rng), drawn_pose(rng), light)


def paste(picture: Floats, figure: Figure, x: float, y: float) -> tuple[int, int]:
    """Lay a figure over a picture, the middle of its face at x and y.

    Returns:
        How far the figure's pixels were moved right and down.
    """
    left, top = round(x - figure.origin_px[0]), round(y - figure.origin_px[1])
    height, width = picture.shape[1:]
    x_min, y_min = max(left, 0), max(top, 0)
    x_max = min(left + figure.pixels.shape[2], width)
    y_max = min(top + figure.pixels.shape[1], height)
    part = figure.pixels[:, y_min - top : y_max - top, x_min - left : x_max - left]
    region = picture[:, y_min:y_max, x_min:x_max]
    region *= 1 - part[3]
    region += part[:3]
    return left, top


def face_truth(
    figure: Figure, shift_xy: tuple[int, int], subject: Subject, label: Expression
) -> FaceTruth:
    """Give the truth of a figure that was moved into a picture."""
    eyes = figure.left_eye, figure.right_eye
    face = FaceTruth(figure.box_xyxy, *eyes, subject.name, label)
    return moved_face(face, lambda x, y: (x + shift_xy[0], y + shift_xy[1]))


def draw_portrait(plan: Plan, number: int, kind: Kind = Kind.PORTRAIT) -> Drawn:
    """Draw a portrait by number from 0.

    Args:
        plan: The set it belongs to.
        number: From 0.
        kind: Whose chance to draw with; a broken file is a portrait of its own.
    """
    rng = plan.rng(Stream.IMAGE, number, kind)
    subject_number, label = plan.portrait_content(number)
    subject = subject_at(plan, subject_number)
    width, height = _SIZES_WH[rng.integers(len(_SIZES_WH))]
    unit = min(width, height) * rng.uniform(0.255, 0.31)
    x, y = width * rng.uniform(0.46, 0.54), max(1.42 * unit, height * rng.uniform(0.45, 0.52))
    below = (height - y) / unit + 0.1
    picture = background(rng, width, height)
    figure = draw_figure(showing(subject, label, drawn_light(rng), rng), unit, below)
    face = face_truth(figure, paste(picture, figure, x, y), subject, label)
    return Drawn(exposed(picture, rng), (kept_inside(face, width, height),))
