"""A project with drawn faces, the real server in a process of its own, and a page."""

import http.client
import io
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import PIL.Image
import PIL.ImageDraw
import pytest
from playwright.sync_api import Browser, Page

from curator.app.server import serve
from db.project.project_folder import DATABASE_NAME, Project, open_project
from db.tables.images import Face, Image, Source
from tests.faults.importing import worker_of
from tests.forks import begin
from tests.makers import copy_of, make_empty_project, new_scratch

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 120
EXPECT_MS = 60_000
"""Far longer than anything takes: only what does not happen at all should fail."""
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def drawn_jpeg(number: int) -> bytes:
    """Draw a face that no other number has."""
    shade = (90 + number * 37 % 120, 90 + number * 59 % 120, 90 + number * 83 % 120)
    image = PIL.Image.new("RGB", (240, 240), shade)
    draw = PIL.ImageDraw.Draw(image)
    draw.ellipse((40, 20, 200, 220), fill=(236, 198, 166))
    for x in (88, 152):
        draw.ellipse((x - 12, 88, x + 12, 104), fill="white")
        draw.ellipse((x - 5, 90, x + 5, 102), fill="black")
    draw.arc((85, 130, 155, 150 + number % 30), 20, 160, fill=(150, 50, 50), width=5)
    draw.text((8, 8), str(number), fill="white")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


def project_with_faces(folder: Path, faces: int) -> Project:
    """Make a project that holds this many faces, one an image."""
    return copy_of(_drawn_template(faces), folder)


@cache
def _drawn_template(faces: int) -> Path:
    project = make_empty_project(new_scratch())
    with project.writing() as session:
        source = Source(name="drawn", terms="", created_at=NOW)
        session.add(source)
        session.flush()
        for number in range(1, faces + 1):
            drawn = drawn_jpeg(number)
            sha256 = project.images.put(drawn)
            project.views.put(drawn)
            image = Image(
                source_id=source.id,
                name=f"{number}.jpg",
                sha256=sha256,
                pixels_sha256=sha256,
                width_px=240,
                height_px=240,
                imported_at=NOW,
                faces_found_at=NOW,
            )
            session.add(image)
            session.flush()
            session.add(_face(image.id, sha256))
        session.commit()
    project.engine.dispose()
    return project.folder


def _face(image_id: int, sha256: str) -> Face:
    return Face(
        image_id=image_id,
        x_min=40,
        y_min=20,
        x_max=200,
        y_max=220,
        detector="drawn",
        confidence=1,
        quality={},
        crop_sha256=sha256,
        view_sha256=sha256,
        phash=0,
        phash_mirrored=0,
        found_at=NOW,
    )


def free_port() -> int:
    """Find a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def wait_until_it_answers(port: int) -> None:
    """Wait for the app at a port of this machine."""
    until = time.monotonic() + START_SECONDS
    while not _answers(port):
        if time.monotonic() > until:
            raise TimeoutError(f"No answer at port {port} in {START_SECONDS} s.")
        time.sleep(0.02)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


class Server:
    """The app of one project in a process of its own, at a port that stays the same."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: BaseProcess | None = None

    def start(self) -> None:
        self._process = begin(_serve, self.project.folder, self.port)
        wait_until_it_answers(self.port)

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        """Kill it with -9, as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.join()

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.join(20)

    def stored(self) -> list[tuple[str, int, str | None, str | None]]:
        """Read what annotators said, in order: uuid, face, label, flag."""
        return self.rows("SELECT uuid, face_id, label, flag FROM annotations ORDER BY id")

    def rows(self, query: str) -> list[Any]:
        """Ask the database of the project."""
        database = sqlite3.connect(self.project.folder / "project.sqlite")
        found = database.execute(query).fetchall()
        database.close()
        return found


@dataclass(frozen=True)
class App:
    """The app of a project and its workers, at work.

    Attributes:
        folder: The project's.
        port: Where the app answers.
        worker: The process of the curator's worker, unless the app keeps it itself.
    """

    folder: Path
    port: int
    worker: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        """The file of the project's database."""
        return self.folder / DATABASE_NAME

    def address(self, page: str) -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}/{page}"

    def count(self, query: str) -> int:
        """Ask the database for a number."""
        with closing(sqlite3.connect(self.database)) as connection:
            found: int = connection.execute(query).fetchone()[0]
        return found


@contextmanager
def app_at_work(folder: Path) -> Iterator[App]:
    """Start the app of a project and the curator's worker, each in a process of its own."""
    project = open_project(folder)
    server = Server(project)
    server.start()
    try:
        with worker_of(project) as worker:
            yield App(folder, server.port, worker)
    finally:
        server.stop()


def _serve(folder: Path, port: int) -> None:
    serve(open_project(folder), "127.0.0.1", port)


StartServer = Callable[[int], Server]


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Start the app of a new project with so many faces."""
    servers: list[Server] = []

    def start(faces: int) -> Server:
        server = Server(project_with_faces(tmp_path / f"project-{len(servers)}", faces))
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a window of 1280 x 800 with nothing kept from before."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(EXPECT_MS)
    yield context.new_page()
    context.close()


def press_on(page: Page, face: int, key: str) -> None:
    """Wait for a face and press a key on it; a press before it is painted does not count."""
    shown = page.locator(f".stage img[data-face='{face}']")
    shown.wait_for()
    while shown.count():
        page.keyboard.press(key)


def shown_face(page: Page) -> int:
    """Wait for a face and say which it is; the server hands them out in an order of chance."""
    image = page.locator(".stage img[data-face]")
    image.wait_for()
    next_frame(page)  # a key counts from there
    return int(str(image.get_attribute("data-face")))


def next_frame(page: Page) -> None:
    """Wait until what the page has by now is painted."""
    page.evaluate(
        "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
    )


def press_on_shown(page: Page, key: str) -> int:
    """Press a key on whichever face is shown until the next comes; return the face."""
    face = shown_face(page)
    press_on(page, face, key)
    return face
