"""An import by the real worker, of as many images as a test needs."""

import io
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import PIL.Image

from db.jobs.queue import add_job
from db.project.project_folder import Project
from db.tables.jobs import Job, JobState

PHOTOS = Path(__file__).parents[2] / "sample_data" / "photos"
SIZE_PX = 128


def draw_variants(folder: Path, count: int) -> None:
    """Write so many small images with a face each, no two of the same bytes.

    They are the sample portraits at 128 x 128 pixels, each time a little brighter and
    shifted by some pixels, so that they are new to an import and quick to make.
    """
    folder.mkdir(parents=True)
    portraits = [
        PIL.Image.open(path).convert("RGB").resize((SIZE_PX, SIZE_PX))
        for path in sorted(PHOTOS.glob("portrait_*.jpg"))
    ]
    for number in range(count):
        turn, which = divmod(number, len(portraits))
        shift_px = (turn % 5, turn // 5 % 5)
        moved = portraits[which].transform(
            (SIZE_PX, SIZE_PX), PIL.Image.Transform.AFFINE, (1, 0, shift_px[0], 0, 1, shift_px[1])
        )
        brighter = moved.point([min(level + turn // 25, 255) for level in range(256)] * 3)
        file = io.BytesIO()
        brighter.save(file, "JPEG", quality=85)
        (folder / f"{number:05}.jpg").write_bytes(file.getvalue())


def ask_for_import(project: Project, images: int) -> int:
    """Draw images into the project's uploads and ask for their import; return the job's id."""
    draw_variants(project.uploads / "sent" / "photos", images)
    arguments: dict[str, Any] = {
        "origin": "uploads/sent/photos",
        "legends": [],
        "source": "sent",
        "terms": "",
        "subject_pattern": "",
        "detector": None,
    }
    with project.writing() as session:
        job_id = add_job(session, "import", arguments, by=None, now=datetime.now(UTC))
        session.commit()
    return job_id


@contextmanager
def worker_of(project: Project) -> Iterator[subprocess.Popen[bytes]]:
    """Keep the curator's worker at work, as the app does."""
    command = [sys.executable, "-m", "curator", "worker", "--project", str(project.folder)]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        yield worker
    finally:
        worker.kill()
        worker.communicate()


def result_of(project: Project, job_id: int, most_seconds: float) -> dict[str, Any]:
    """Wait until a job is done and return its result."""
    until = time.monotonic() + most_seconds
    while time.monotonic() < until:
        with project.reading() as session:
            job = session.get_one(Job, job_id)
        if job.state is JobState.DONE:
            assert job.result is not None
            return job.result
        if job.state.is_final:
            raise RuntimeError(f"Expected the job to be done. Received: {job.state} {job.message}")
        time.sleep(0.5)
    raise TimeoutError(f"The job was not done in {most_seconds} s.")
