"""A camera for Chromium that shows a photo of the sample data moving slowly."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from curator.steps.images.image_codec import decoded

PHOTOS = Path(__file__).parents[2] / "sample_data" / "photos"
FRAMES = 60
RATE = 30
SWING_PX = 40


def camera_flags(video: Path) -> list[str]:
    """Say what makes Chromium take a video for its camera, and lend it without asking."""
    return [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    ]


def write_video(
    path: Path, photo: str = "portrait_0001.jpg", size: tuple[int, int] = (640, 480)
) -> None:
    """Write two seconds of a head that swings to and fro, as Y4M; Chromium shows them for ever."""
    width, height = size
    head = _scaled(decoded((PHOTOS / photo).read_bytes()), height * 5 // 6)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{RATE}:1 Ip A1:1 C420\n".encode())
        for number in range(FRAMES):
            angle = 2 * np.pi * number / FRAMES
            frame = _frame(head, size, round(SWING_PX * np.sin(angle)))
            file.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_RGB2YUV_I420).tobytes())


def _scaled(image_rgb: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    width = round(image_rgb.shape[1] * height / image_rgb.shape[0])
    return np.asarray(cv2.resize(image_rgb, (width, height)), np.uint8)


def _frame(head: NDArray[np.uint8], size: tuple[int, int], aside_px: int) -> NDArray[np.uint8]:
    frame = np.full((size[1], size[0], 3), 128, np.uint8)
    top, left = (size[1] - head.shape[0]) // 2, (size[0] - head.shape[1]) // 2 + aside_px
    frame[top : top + head.shape[0], left : left + head.shape[1]] = head
    return frame
