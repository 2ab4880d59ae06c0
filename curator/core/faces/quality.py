"""How good the picture of a face is: size, sharpness, light and pose, each with its unit."""

import cv2
import numpy as np
from numpy.typing import NDArray

from curator.core.faces.face import FoundFace
from curator.core.faces.preprocessing import grey, resized

SHARPNESS_SIZE_PX = 160

NOSE_DEPTH_IN_EYE_DISTANCES = 0.5
"""How far the tip of the nose stands before the plane of eyes and mouth."""

NOSE_BETWEEN_EYES_AND_MOUTH = 0.56
"""How far down from the eyes to the mouth the nose is in a frontal face: the median of YuNet's
landmarks on 1,256 photos. Half of the faces are within 0.54 and 0.59; what people show hardly
moves it: neutral 0.56, surprised 0.56, happy 0.57."""

MOUTH_IN_EYE_DISTANCES = 1.03
"""How far below the eyes the mouth is: the median on the same photos."""

Quality = dict[str, float | None]


def face_quality(view: NDArray[np.uint8], face: FoundFace) -> Quality:
    """Measure one face.

    Args:
        view: uint8 (h, w, 3) in RGB or (h, w) in grey, the aligned cut of the face, at least
            160 px a side.
        face: The face as it was found in its image.

    Returns:
        `size_px`: the shorter side of the box, in pixels of the image.
        `sharpness`: variance of the Laplacian of the view at 160 px (Pech-Pacheco et al.
        2000), in grey levels squared; 0 is flat.
        `brightness`: mean grey level, 0 to 255.
        `contrast`: standard deviation of the grey levels, 0 to 127.5.
        `yaw_degrees`: how far the head is turned, 0 is frontal, positive towards the
        viewer's right; estimated, None without landmarks.
        `pitch_degrees`: how far the head is raised, 0 is frontal, positive where it looks
        up; estimated, None without landmarks.
        `roll_degrees`: how far the head is tilted, positive clockwise as the viewer sees
        it; None without landmarks.
    """
    levels = resized(grey(view), SHARPNESS_SIZE_PX)
    x_min, y_min, x_max, y_max = face.box_xyxy
    brightness, contrast = mean_and_deviation(levels)
    marks = face.landmarks
    return {
        "size_px": round(min(x_max - x_min, y_max - y_min), 1),
        "sharpness": round(sharpness(levels), 1),
        "brightness": round(brightness, 1),
        "contrast": round(contrast, 1),
        "yaw_degrees": None if marks is None else round(yaw_degrees(marks), 1),
        "pitch_degrees": None if marks is None else round(pitch_degrees(marks), 1),
        "roll_degrees": None if marks is None else round(roll_degrees(marks), 1),
    }


def mean_and_deviation(levels: NDArray[np.uint8] | NDArray[np.int16]) -> tuple[float, float]:
    """Tell the mean and the standard deviation of an (h, w) image.

    Example:
        >>> mean_and_deviation(np.array([[1, 3]], np.uint8))
        (2.0, 1.0)
    """
    mean, deviation = cv2.meanStdDev(levels)
    return float(mean[0, 0]), float(deviation[0, 0])


def sharpness(grey_image: NDArray[np.uint8]) -> float:
    """Tell the variance of the Laplacian of a uint8 (h, w) image.

    Example:
        >>> sharpness(np.full((5, 5), 90, np.uint8))
        0.0
    """
    edges = np.asarray(cv2.Laplacian(grey_image, cv2.CV_16S), np.int16)
    return mean_and_deviation(edges)[1] ** 2


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


def pitch_degrees(landmarks: NDArray[np.float64]) -> float:
    """Estimate how far a head is raised from where its nose is between eyes and mouth.

    As with `yaw_degrees`: a raise by `pitch` moves the tip of the nose up by half an eye
    distance times sin(pitch), while eyes and mouth come together by cos(pitch). So the
    nose's share of the way from eyes to mouth falls from 0.56 by 0.5 / 1.03 times
    tan(pitch). People's faces differ: on 1,256 photos, few of them
    raised, the estimates have a standard deviation of 5 degrees.

    Returns:
        Degrees, -90 to 90; 0 where eyes and mouth fall on one point.

    Example:
        A nose 0.56 of the way down, and one in the middle.

        >>> pitch_degrees(np.array([[0, 0], [40, 0], [20, 28], [5, 50], [35, 50]]))
        0.0
        >>> round(pitch_degrees(np.array([[0, 0], [40, 0], [20, 25], [5, 50], [35, 50]])), 1)
        7.0
    """
    eyes = landmarks[:2].mean(axis=0)
    down = landmarks[3:].mean(axis=0) - eyes
    distance_squared = float(down @ down)
    if distance_squared == 0:
        return 0.0
    raised = NOSE_BETWEEN_EYES_AND_MOUTH - float((landmarks[2] - eyes) @ down) / distance_squared
    depth = NOSE_DEPTH_IN_EYE_DISTANCES / MOUTH_IN_EYE_DISTANCES
    return float(np.degrees(np.arctan(raised / depth)))
