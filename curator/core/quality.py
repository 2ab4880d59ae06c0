"""How good the picture of a face is: size, sharpness, light and pose, each with its unit."""

import cv2
import numpy as np
from numpy.typing import NDArray

from curator.core.detector import FoundFace
from curator.core.preprocessing import grey, resized

SHARPNESS_SIZE_PX = 160
NOSE_DEPTH_IN_EYE_DISTANCES = 0.5

Quality = dict[str, float | None]


def face_quality(view_rgb: NDArray[np.uint8], face: FoundFace) -> Quality:
    """Measure one face.

    Args:
        view_rgb: uint8 (h, w, 3), the aligned cut of the face, at least 160 px a side.
        face: The face as it was found in its image.

    Returns:
        `size_px`: the shorter side of the box, in pixels of the image.
        `sharpness`: variance of the Laplacian of the view at 160 px; 0 is flat, below about
        50 is blurred (Pech-Pacheco et al. 2000).
        `brightness`: mean grey level, 0 to 255.
        `contrast`: standard deviation of the grey levels, 0 to 127.5.
        `yaw_degrees`: how far the head is turned, 0 is frontal, positive towards the
        viewer's right; estimated, None without landmarks.
        `roll_degrees`: how far the head is tilted, positive clockwise as the viewer sees
        it; None without landmarks.
    """
    levels = resized(grey(view_rgb), SHARPNESS_SIZE_PX)
    x_min, y_min, x_max, y_max = face.box_xyxy
    marks = face.landmarks
    return {
        "size_px": round(min(x_max - x_min, y_max - y_min), 1),
        "sharpness": round(sharpness(levels), 1),
        "brightness": round(float(levels.mean()), 1),
        "contrast": round(float(levels.std()), 1),
        "yaw_degrees": None if marks is None else round(yaw_degrees(marks), 1),
        "roll_degrees": None if marks is None else round(roll_degrees(marks), 1),
    }


def sharpness(grey_image: NDArray[np.uint8]) -> float:
    """Tell the variance of the Laplacian of a uint8 (h, w) image.

    Example:
        >>> sharpness(np.full((5, 5), 90, np.uint8))
        0.0
    """
    return float(np.asarray(cv2.Laplacian(grey_image, cv2.CV_64F)).var())


def roll_degrees(landmarks: NDArray[np.float64]) -> float:
    """Tell how far the line through the eyes is tilted, clockwise, -180 to 180.

    Example:
        >>> roll_degrees(np.array([[0, 0], [10, 10], [0, 0], [0, 0], [0, 0]]))
        45.0
    """
    across, down = landmarks[1] - landmarks[0]
    return float(np.degrees(np.arctan2(down, across)))


def yaw_degrees(landmarks: NDArray[np.float64]) -> float:
    """Estimate how far a head is turned from where its nose is between the eyes.

    The tip of the nose stands about half an eye distance before the plane of the eyes, so
    that a turn by `yaw` moves it sideways by half an eye distance times sin(yaw), while the
    eyes come together by cos(yaw).

    Returns:
        Degrees, -90 to 90; 0 where both eyes fall on one point.

    Example:
        A nose halfway between the eyes, and one a quarter of their distance to the right.

        >>> yaw_degrees(np.array([[0, 0], [40, 0], [20, 20], [5, 40], [35, 40]]))
        0.0
        >>> round(yaw_degrees(np.array([[0, 0], [40, 0], [30, 20], [5, 40], [35, 40]])), 1)
        26.6
    """
    across = landmarks[1] - landmarks[0]
    distance_squared = float(across @ across)
    if distance_squared == 0:
        return 0.0
    nose = landmarks[2] - landmarks[:2].mean(axis=0)
    aside = float(nose @ across) / distance_squared
    return float(np.degrees(np.arctan(aside / NOSE_DEPTH_IN_EYE_DISTANCES)))
