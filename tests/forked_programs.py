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

from tests.forks import become, begin

SHIM = """#!{python} -IS
import json, os, socket, sys
asked = [{name!r}, sys.argv[1:], os.getcwd(), dict(os.environ)]
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
    connection.connect({address!r})
    socket.send_fds(connection, [json.dumps(asked).encode()], [0, 1, 2])
    sys.exit(connection.recv(1)[0])
"""
PRELOADED = (
    *("keras", "cleanlab.filter", "matplotlib.figure", "scipy.stats", "skops.io"),
    *("sklearn.ensemble", "sklearn.linear_model", "sklearn.neighbors", "sklearn.svm"),
)
"""What the trainer imports, as far as nothing of it starts a thread, which a fork would lack."""
MOST_BYTES = 1 << 20
_KIND = (socket.AF_UNIX, socket.SOCK_SEQPACKET)


@contextmanager
def forked_programs() -> Iterator[Path]:
    """Lend a folder with both programs, to be put first in `PATH`."""
    with TemporaryDirectory() as folder, socket.socket(*_KIND) as listener:
        address = f"{folder}/socket"
        listener.bind(address)
        listener.listen()
        for name in ("curator", "trainer"):
            program = Path(folder, name)
            program.write_text(SHIM.format(python=sys.executable, name=name, address=address))
            program.chmod(0o755)
        server = begin(_serve, listener, is_daemon=False)
        try:
            yield Path(folder)
        finally:
            server.terminate()
            server.join()


def _serve(listener: socket.socket) -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # as `trainer.backend` does
    for module in PRELOADED:
        import_module(module)
    running: dict[int, tuple[ForkProcess, socket.socket]] = {}
    while True:
        for ready in wait([listener, *running]):
            if ready is listener:
                connection, _ = listener.accept()
                process = multiprocessing.get_context("fork").Process(
                    target=_run, args=(connection,)
                )
                process.start()
                running[process.sentinel] = process, connection
            else:
                assert isinstance(ready, int)
                process, connection = running.pop(ready)
                process.join()
                connection.send(bytes([(process.exitcode or 0) % 256]))
                connection.close()


def _run(connection: socket.socket) -> None:
    content, streams, _, _ = socket.recv_fds(connection, MOST_BYTES, 3)
    name, arguments, folder, environment = json.loads(content)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(folder)
    become(name, arguments, environment)
