"""Say of each frame of a camera which expressions its faces show. Nothing of it is kept."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from threadpoolctl import ThreadpoolController

from curator.core.faces.detector import Detector
from curator.core.faces.face_tracking import Smoothing, Track, Tracks, track_faces
from curator.core.faces.fast_detection import fast_detection
from curator.errors import CuratorError
from curator.steps.faces.choose_detector import default_detector_name, made_detector
from curator.steps.images.image_codec import NotAnImageError, decoded
from curator.steps.models.predict_faces import Predictor, load_predictor, predict_faces
from db.project.project_folder import Project


@dataclass(frozen=True)
class LiveFrame:
    """What is said of one frame.

    Attributes:
        size_wh: Its width and height in pixels.
        tracks: Its faces, the largest first.
        milliseconds: What each phase took, by its name.
    """

    size_wh: tuple[int, int]
    tracks: tuple[Track, ...]
    milliseconds: Mapping[str, float]


class LivePredictions:
    """The faces of one camera, followed from frame to frame.

    Args:
        predictor: What says the expressions.
        detector: What finds the faces.
        smoothing: How much the frames before count.
    """

    def __init__(
        self, predictor: Predictor, detector: Detector, smoothing: Smoothing | None = None
    ) -> None:
        self.predictor = predictor
        self._detector = detector
        self._smoothing = smoothing or Smoothing()
        self._tracks = Tracks()

    def see(self, content: bytes, at_seconds: float) -> LiveFrame:
        """Look at one frame.

        Args:
            content: A JPEG.
            at_seconds: When it came, on a clock that only goes forward.

        Raises:
            CuratorError: The bytes are no image.
        """
        times = [time.perf_counter()]
        try:
            image_rgb = decoded(content)
        except NotAnImageError as error:
            raise CuratorError(f"The frame {error}") from error
        times.append(time.perf_counter())
        with _threads().limit(limits=1, user_api="openmp"):
            found = fast_detection(self._detector, image_rgb)
        times.append(time.perf_counter())
        said = predict_faces(self.predictor, image_rgb, found)
        times.append(time.perf_counter())
        boxes = [face.box_xyxy for face in said]
        shares = [face.probabilities for face in said]
        self._tracks = track_faces(self._tracks, boxes, shares, at_seconds, self._smoothing)
        height, width = image_rgb.shape[:2]
        seen = tuple(self._tracks.seen_at(at_seconds))
        return LiveFrame((width, height), seen, _phases(times))


@cache
def _threads() -> ThreadpoolController:
    """Find the threads of yuface, which is loaded by then.

    Its threads wait for each other without giving up their core. Beside a browser on two
    cores a look takes 11 ms by two of them (76 ms one time in twenty) and 3 ms by one (9 ms).
    """
    return ThreadpoolController()


def _phases(times: list[float]) -> dict[str, float]:
    names = ("decode", "detect", "predict")
    return {
        name: 1000 * (end - start)
        for name, start, end in zip(names, times, times[1:], strict=False)
    }


def start_live_predictions(project: Project) -> LivePredictions:
    """Begin with a new camera, for the standard model of a project.

    Raises:
        CuratorError: There is no standard model that can be run here.
    """
    detector = made_detector(default_detector_name())
    return LivePredictions(load_predictor(project.standard_model), detector)
