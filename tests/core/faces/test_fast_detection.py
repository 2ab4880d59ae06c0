import numpy as np
import pytest
from numpy.typing import NDArray

from curator.core.faces.face import Detector, FoundFace
from curator.core.faces.fast_detection import MOST_FACES, fast_detection


class Seen(Detector):
    """A detector that finds faces where it is told to, and notes what it was shown."""

    def __init__(self, *faces: FoundFace) -> None:
        self.shapes: list[tuple[int, ...]] = []
        self._faces = faces

    def faces(self, image_rgb: NDArray[np.uint8]) -> list[FoundFace]:
        self.shapes.append(image_rgb.shape)
        return list(self._faces)


def test_a_large_frame_is_looked_at_small_and_its_faces_are_in_its_own_pixels() -> None:
    points = np.array([[20, 20], [30, 20], [25, 25], [20, 30], [30, 30]], np.float64)
    detector = Seen(FoundFace((10, 10, 40, 40), points, 0.9))

    (face,) = fast_detection(detector, np.zeros((480, 640, 3), np.uint8))

    assert detector.shapes == [(240, 320, 3)]
    assert face.box_xyxy == (20, 20, 80, 80)
    assert face.landmarks is not None
    assert face.landmarks[0].tolist() == [40, 40]


def test_a_small_frame_is_not_enlarged() -> None:
    detector = Seen(FoundFace((10, 10, 40, 40), None, 1))
    (face,) = fast_detection(detector, np.zeros((240, 320, 3), np.uint8))
    assert (detector.shapes, face.box_xyxy) == ([(240, 320, 3)], (10, 10, 40, 40))


@pytest.mark.parametrize("size", [(240, 320), (480, 640)])
def test_of_a_crowd_the_largest_are_taken(size: tuple[int, int]) -> None:
    crowd = [FoundFace((0, 0, 100 - n, 100), None, 1) for n in range(20)]
    assert len(fast_detection(Seen(*crowd), np.zeros((*size, 3), np.uint8))) == MOST_FACES
