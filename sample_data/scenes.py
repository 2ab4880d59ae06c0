"""Group scenes: two to eight faces in one or two rows."""

import numpy as np

from db.labels import Expression
from sample_data.backgrounds import background, exposed
from sample_data.face import draw_figure
from sample_data.plan import Kind, Plan, Stream, subject_at
from sample_data.portraits import drawn_light, face_truth, paste, showing
from sample_data.truth import Drawn, kept_inside

_ONE_ROW = 4


def _places(
    rng: np.random.Generator, count: int, width: int, height: int
) -> list[tuple[float, float, float]]:
    """Give x, y and unit in pixels of every face, the back row first.

    A unit is small enough that no head of the front row hides a chin of the back row.
    """
    in_front = count if count <= _ONE_ROW else (count + 1) // 2
    rows = [(in_front, 0.5)] if count <= _ONE_ROW else [(count - in_front, 0.27), (in_front, 0.64)]
    tallest = (0.26 if len(rows) == 1 else 0.125) * height
    unit = min(tallest, width / in_front / 2.1) * rng.uniform(0.85, 1.0)
    places = []
    for in_row, y in rows:
        step = width / (in_row + 0.2)
        for number in range(in_row):
            x = step * (number + 0.6) + rng.uniform(-0.12, 0.12) * unit
            size = unit * rng.uniform(0.93, 1.03)
            places.append((x, y * height + rng.uniform(-0.1, 0.1) * unit, size))
    return places


def draw_scene(plan: Plan, number: int) -> Drawn:
    """Draw a group scene by number from 0; all its subjects differ, its light is one."""
    rng = plan.rng(Stream.IMAGE, number, Kind.SCENE)
    count = 2 + number % 7
    width = int(rng.integers(520, 700) if count <= _ONE_ROW else rng.integers(720, 901))
    height = int(rng.integers(380, 460) if count <= _ONE_ROW else rng.integers(520, 601))
    picture, light, faces = background(rng, width, height), drawn_light(rng), []
    people = rng.choice(plan.subjects, count, replace=False)
    for person, (x, y, unit) in zip(people, _places(rng, count, width, height), strict=True):
        subject = subject_at(plan, int(person))
        label = list(Expression)[rng.integers(len(Expression))]
        figure = draw_figure(showing(subject, label, light, rng), unit, (height - y) / unit + 0.1)
        face = face_truth(figure, paste(picture, figure, x, y), subject, label)
        faces.append(kept_inside(face, width, height))
    return Drawn(exposed(picture, rng), tuple(faces))
