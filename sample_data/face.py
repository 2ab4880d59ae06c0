"""One figure: a subject showing an expression, drawn large, shrunk, with its truth."""

from dataclasses import dataclass

import cv2
import numpy as np

from sample_data.body import draw_body
from sample_data.canvas import Brush, Canvas
from sample_data.curves import Floats, rgb
from sample_data.expressions import ActionUnits
from sample_data.eyes import draw_brows, draw_eyes, eye_centre
from sample_data.folds import draw_folds
from sample_data.hair import draw_back_hair, draw_front_hair
from sample_data.head import Light, draw_ears, draw_head, outline, temple_width
from sample_data.mouth import draw_mouth
from sample_data.nose import draw_nose
from sample_data.subjects import Subject
from sample_data.view import Pose, View
from sample_data.worn import draw_beard, draw_glasses

_ZOOM = 2  # drawn twice as large: shrinking it smooths every edge
_HALF_WIDTH, _ABOVE = 1.55, 1.65
_FOREHEAD_Y = -0.68


@dataclass(frozen=True)
class Figure:
    """A drawn figure and where its face is.

    Attributes:
        pixels: (4, height, width) float32, as `Canvas.pixels`.
        origin_px: Where in it the middle of the face lies.
        box_xyxy: The face in it, from forehead to chin and from ear to ear.
        left_eye: The subject's own left eye, right in the image.
        right_eye: The subject's own right eye.
    """

    pixels: Floats
    origin_px: tuple[float, float]
    box_xyxy: tuple[float, float, float, float]
    left_eye: tuple[float, float]
    right_eye: tuple[float, float]


@dataclass(frozen=True)
class Showing:
    """Who shows what, in which pose and light."""

    subject: Subject
    units: ActionUnits
    pose: Pose
    light: Light


def _paint(canvas: Canvas, view: View, showing: Showing, below: float) -> None:
    """Draw a figure from back to front."""
    subject, units, light = showing.subject, showing.units, showing.light
    body = Brush(canvas, View(view.unit_px, view.origin_px, is_flat=True))
    head = Brush(canvas, view)
    draw_back_hair(head, subject)
    draw_body(body, subject, light, below + 0.2)
    draw_ears(head, subject)
    draw_head(head, subject, units, light)
    draw_beard(head, subject, units)
    draw_nose(head, subject, units, light)
    draw_folds(head, subject, units)
    draw_eyes(head, subject, units, light)
    draw_mouth(head, subject, units)
    draw_brows(head, subject, units)
    draw_front_hair(head, subject, light)
    draw_glasses(head, subject)


def _face_box(view: View, showing: Showing) -> tuple[float, float, float, float]:
    """Bound the face from forehead to chin and from ear to ear."""
    edge = outline(showing.subject, showing.units)
    ear_x = temple_width(showing.subject) + 0.08 * showing.subject.ear_size
    ears = np.array([(-ear_x, 0.0), (ear_x, 0.0)])
    points = view.place(np.vstack([edge[edge[:, 1] >= _FOREHEAD_Y], ears]))
    (x_min, y_min), (x_max, y_max) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return x_min / _ZOOM, y_min / _ZOOM, x_max / _ZOOM, y_max / _ZOOM


def draw_figure(showing: Showing, unit_px: float, below: float = 2.4) -> Figure:
    """Draw a figure down to `below` face units under the middle of its face.

    Args:
        showing: Who shows what.
        unit_px: Half the height of the head in the finished picture, in pixels.
        below: How much of the body is drawn.
    """
    large = unit_px * _ZOOM
    width, height = (int(np.ceil(n * unit_px)) for n in (2 * _HALF_WIDTH, _ABOVE + below))
    view = View(large, (_HALF_WIDTH * large, _ABOVE * large), showing.pose)
    canvas = Canvas(width * _ZOOM, height * _ZOOM)
    _paint(canvas, view, showing, below)
    small = [
        cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA) for plane in canvas.pixels
    ]
    eyes = view.place(eye_centre(showing.subject) * np.array([(1, 1), (-1, 1)])) / _ZOOM
    left, right = eyes.tolist()
    return Figure(
        pixels=_tinted(np.asarray(small, np.float32), showing.light),
        origin_px=(_HALF_WIDTH * unit_px, _ABOVE * unit_px),
        box_xyxy=_face_box(view, showing),
        left_eye=(left[0], left[1]),
        right_eye=(right[0], right[1]),
    )


def _tinted(pixels: Floats, light: Light) -> Floats:
    """Colour a figure by the warmth of its light."""
    cast = rgb(1, 1, 1) + light.warmth * rgb(0.04, 0.005, -0.06)
    pixels[:3] *= cast.astype(np.float32)[:, None, None]
    return pixels
