"""Programs `curator` and `trainer` for a shell, forked off one process that has imported Keras.

Importing it takes eight seconds of a core, and the pages of `docs/` start a dozen programs that
do. That both also start by themselves is proven by the README's first hour.
"""

import json
import multiprocessing
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.forks import begin

SHIM = """#!{python} -IS
import json, os, socket, sys
asked = [{name!r}, sys.argv[1:], os.getcwd(), dict(os.environ)]
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
    line.connect({address!r})
    socket.send_fds(line, [json.dumps(asked).encode()], [0, 1, 2])
    sys.exit(line.recv(1)[0])
"""
HEAVY = (
    *("keras", "cleanlab.filter", "matplotlib.figure", "scipy.stats", "skops.io"),
    *("sklearn.ensemble", "sklearn.linear_model", "sklearn.neighbors", "sklearn.svm"),
)
"""What the trainer imports, as far as nothing of it starts a thread, which a fork would lack."""
MOST_BYTES = 1 << 20


@contextmanager
def forked_programs() -> Iterator[Path]:
    """Lend a folder with both programs, to be put first in `PATH`."""
    with TemporaryDirectory() as folder, socket.socket(*_KIND) as door:
        address = f"{folder}/door"
        door.bind(address)
        door.listen()
        for name in ("curator", "trainer"):
            program = Path(folder, name)
            program.write_text(SHIM.format(python=sys.executable, name=name, address=address))
            program.chmod(0o755)
        server = begin(_serve, door, is_daemon=False)
        try:
            yield Path(folder)
        finally:
            server.terminate()
            server.join()


_KIND = (socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _serve(door: socket.socket) -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # as `trainer.backend` does
    for module in HEAVY:
        import_module(module)
    running: dict[int, tuple[ForkProcess, socket.socket]] = {}
    while True:
        for ready in wait([door, *running]):
            if ready is door:
                line, _ = door.accept()
                process = multiprocessing.get_context("fork").Process(target=_run, args=(line,))
                process.start()
                running[process.sentinel] = process, line
            else:
                assert isinstance(ready, int)
                process, line = running.pop(ready)
                process.join()
                line.send(bytes([(process.exitcode or 0) % 256]))
                line.close()


def _run(line: socket.socket) -> None:
    content, streams, _, _ = socket.recv_fds(line, MOST_BYTES, 3)
    name, arguments, folder, environment = json.loads(content)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [name, *arguments]
    import_module(f"{name}.__main__").main()
