"""The worker processes beside the app: started with it, kept alive, ended with it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.jobs.queue import WorkerName

_RESTART_SECONDS = 2.0


@contextmanager
def running_workers(project_folder: Path) -> Iterator[None]:
    """Keep one worker of each name running while the block runs.

    A worker that dies is started again. All end when the block does, and also when this
    process is killed: each ends itself when its standard input closes.
    """
    ended = threading.Event()
    keepers = [
        threading.Thread(target=_keep, args=(name, project_folder, ended), daemon=True)
        for name in WorkerName
    ]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        ended.set()
        for keeper in keepers:
            keeper.join()


def _keep(name: WorkerName, project_folder: Path, ended: threading.Event) -> None:
    command = [sys.executable, "-m", str(name), "worker", "--project", str(project_folder)]
    while not ended.is_set():
        worker = subprocess.Popen(  # noqa: S603 - our own command
            command,
            stdin=subprocess.PIPE,
            process_group=0,  # Ctrl+C is for the app, which then ends its workers
        )
        while worker.poll() is None and not ended.wait(_RESTART_SECONDS):
            pass
        worker.terminate()
        worker.communicate()
