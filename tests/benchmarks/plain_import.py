"""The rival of `import`: the script that a laboratory writes instead, in one process.

    python tests/benchmarks/plain_import.py PHOTOS OUT [--threads N]

It knows neither labels nor subjects, keeps no source image, and cannot go on where it
stopped. OpenCV uses all cores unless told otherwise.
"""

import argparse
import json
import sys
from pathlib import Path

import cv2
import imagehash
from PIL import Image


def main(photos: Path, out: Path, threads: int | None) -> None:
    """Find faces by Haar's cascade, cut them, hash them, save them."""
    if threads is not None:
        cv2.setNumThreads(threads)
    out.mkdir(parents=True)
    haar = cv2.CascadeClassifier(
        cv2.data.haarcascades + "haarcascade_frontalface_default.xml"  # type: ignore[attr-defined]
    )
    hashes: dict[str, str] = {}
    with_face, images = 0, 0
    for path in sorted(photos.iterdir()):
        image = cv2.imread(str(path))
        if image is None:
            continue
        images += 1
        boxes = haar.detectMultiScale(image, 1.1, 5)
        with_face += len(boxes) > 0
        for number, (x, y, width, height) in enumerate(boxes):
            crop = image[y : y + height, x : x + width]
            name = f"{path.stem}_{number}.png"
            rgb = Image.fromarray(cv2.cvtColor(crop, cv2.COLOR_BGR2RGB))
            hashes[name] = str(imagehash.phash(rgb))
            cv2.imwrite(str(out / name), crop)
    (out / "hashes.json").write_text(json.dumps(hashes))
    sys.stdout.write(json.dumps({"images": images, "faces": len(hashes), "with_face": with_face}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--threads", type=int)
    arguments = parser.parse_args()
    main(arguments.photos, arguments.out, arguments.threads)
