"""Draw on a photo what is said of its faces, for people to keep."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from curator.steps.models.predict_faces import PredictedFace
from db.labels import Expression

AMBER, INK, PAPER, BAR = "#ffb000", "#111111", "#ffffff", "#ffd980"
LEAST_WIDTH_PX = 600
"""Of the picture: the table below the photo needs so much."""


def with_predictions(
    image_rgb: NDArray[np.uint8], faces: Sequence[PredictedFace]
) -> NDArray[np.uint8]:
    """Draw a numbered box with its label round each face, and all probabilities below the photo.

    The table stands below, where it hides nobody.

    Args:
        image_rgb: uint8 (h, w, 3); it stays as it is.

    Returns:
        uint8 (h, w, 3): higher than the photo, and wider where that is narrow.
    """
    height, width = image_rgb.shape[:2]
    across = max(width, LEAST_WIDTH_PX)
    font = ImageFont.load_default(across // 50)
    row_px = across // 24
    picture = Image.new("RGB", (across, height + row_px * (len(faces) + 1)), PAPER)
    picture.paste(Image.fromarray(image_rgb), (0, 0))
    pen = ImageDraw.Draw(picture)
    for number, face in enumerate(faces, start=1):
        _draw_box(pen, face, number, font)
    _draw_table(pen, faces, font, (height, across, row_px))
    return np.asarray(picture)


Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def _draw_box(pen: ImageDraw.ImageDraw, face: PredictedFace, number: int, font: Font) -> None:
    line_px = max(2, round(font.getbbox("0")[3] / 8))
    pen.rectangle(face.box_xyxy, outline=AMBER, width=line_px)
    text = f"{number}: {face.label} {face.share:.0%}"
    left, top = face.box_xyxy[:2]
    x_min, y_min, x_max, y_max = pen.textbbox((left, top), text, font, anchor="lb")
    # At the upper edge of the photo there is no room above the box.
    down = max(0.0, 2 * line_px - y_min)
    back = (x_min - line_px, y_min - line_px + down, x_max + line_px, y_max + line_px + down)
    pen.rectangle(back, fill=AMBER)
    pen.text((left, top + down), text, INK, font, anchor="lb")


def _draw_table(
    pen: ImageDraw.ImageDraw,
    faces: Sequence[PredictedFace],
    font: Font,
    place: tuple[int, int, int],
) -> None:
    """Draw a row a face and a column a label.

    Args:
        place: Where it begins from above, its width and the height of a row, in pixels.
    """
    top, across, row_px = place
    cell_px = across / (len(Expression) + 1)
    for column, label in enumerate(Expression, start=1):
        pen.text((column * cell_px + 4, top + row_px / 2), label, INK, font, anchor="lm")
    for row, face in enumerate(faces, start=1):
        middle = top + (row + 0.5) * row_px
        pen.text((cell_px / 2, middle), str(row), INK, font, anchor="mm")
        for column, share in enumerate(face.probabilities, start=1):
            left = column * cell_px
            bar = (left, middle - row_px * 0.4, left + share * cell_px * 0.96,
                   middle + row_px * 0.4)  # fmt: skip
            pen.rectangle(bar, fill=BAR)
            pen.text((left + 4, middle), f"{share:.0%}", INK, font, anchor="lm")
