"""Every address that the real app serves, Streamlit's among them, asked by everybody.

The real server runs in a process of its own. Streamlit's routes are read from its own app
object, so that one which a later version adds fails here until somebody has judged it.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from curator.app.routes import ROUTES, SOCKETS, AppRoute
from tests.app.makers import make_shared_project

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PEOPLE = ["anonymous", "annotator", "reviewer", "owner", "revoked"]
IN = {"annotator", "reviewer", "owner"}
CLOSED = {401, 403}

EVERYBODY, WHO_IS_IN, NOBODY = "everybody", "who is in", "nobody"
GET, HEAD, OPTIONS, PUT, DELETE = "GET", "HEAD", "OPTIONS", "PUT", "DELETE"
ANY_METHOD = "DELETE GET HEAD OPTIONS PATCH POST PUT"


@dataclass(frozen=True)
class Address:
    """One route of Streamlit's, and whom it may answer."""

    path: str
    methods: str
    example: str
    opens_to: str


STREAMLIT = [
    Address("/_stcore/health", "GET HEAD", "/_stcore/health", EVERYBODY),
    Address("/_stcore/health", "OPTIONS", "/_stcore/health", EVERYBODY),
    Address("/_stcore/metrics", "GET HEAD", "/_stcore/metrics", NOBODY),
    Address("/_stcore/metrics", "OPTIONS", "/_stcore/metrics", NOBODY),
    Address("/_stcore/host-config", "GET HEAD", "/_stcore/host-config", WHO_IS_IN),
    Address("/media/{file_id:path}", "GET HEAD", "/media/0123456789ab.jpg", WHO_IS_IN),
    Address("/media/{file_id:path}", "OPTIONS", "/media/0123456789ab.jpg", WHO_IS_IN),
    *(
        Address(
            "/_stcore/upload_file/{session_id}/{file_id}",
            method,
            f"/_stcore/upload_file/{uuid4()}/{uuid4()}",
            WHO_IS_IN,
        )
        for method in (PUT, DELETE, OPTIONS)
    ),
    Address("/component/{path:path}", "GET HEAD", "/component/some.name/index.html", WHO_IS_IN),
    Address("/component/{path:path}", "OPTIONS", "/component/some.name/index.html", WHO_IS_IN),
    Address("/_stcore/bidi-components/{path:path}", "GET HEAD", "/_stcore/bidi-components/a/b.js",
            WHO_IS_IN),
    Address("/_stcore/bidi-components/{path:path}", "OPTIONS", "/_stcore/bidi-components/a/b.js",
            WHO_IS_IN),
    Address("/_stcore/stream", "websocket", "/_stcore/stream", WHO_IS_IN),
    Address("/auth/login", "GET HEAD", "/auth/login", NOBODY),
    Address("/auth/logout", "GET HEAD", "/auth/logout", NOBODY),
    Address("/oauth2callback", "GET HEAD", "/oauth2callback", NOBODY),
    Address("/_stcore/agent/interact", ANY_METHOD, "/_stcore/agent/interact", NOBODY),
    Address("/_stcore/agent/openapi.json", ANY_METHOD, "/_stcore/agent/openapi.json", NOBODY),
    Address("/_stcore/agent/mcp", ANY_METHOD, "/_stcore/agent/mcp", NOBODY),
    # What is no other address is a page, or a file of Streamlit's own.
    Address("", "mount", "/", WHO_IS_IN),
]  # fmt: skip

READ_ROUTES = """
import json, sys
from pathlib import Path
from curator.app.server import make_app
from db.project.project_folder import open_project
app = make_app(open_project(Path(sys.argv[1])))._build_starlette_app()
print(json.dumps([
    [getattr(route, "path", None) or "", type(route).__name__,
     sorted(getattr(route, "methods", None) or [])]
    for route in app.routes
]))
"""
SERVE = """
import sys
from pathlib import Path
from curator.app.server import serve
from db.project.project_folder import open_project
serve(open_project(Path(sys.argv[1])), "127.0.0.1", 0, lambda url: print(url, flush=True))
"""


@dataclass(frozen=True)
class Served:
    """The running app and the cookies of its people."""

    folder: Path
    url: str
    cookies: dict[str, str]
    client: httpx2.Client

    def ask(self, name: str, method: str, path: str, **headers: str) -> httpx2.Response:
        cookies = [self.cookies[name], headers.pop("cookie", "")]
        headers["cookie"] = "; ".join(cookie for cookie in cookies if cookie)
        self.client.cookies.clear()
        return self.client.request(method, self.url + path, headers=headers)

    def xsrf(self) -> str:
        """Return the token against forged uploads that Streamlit gives to any browser."""
        return self.ask("anonymous", GET, "/_stcore/health").cookies["_streamlit_xsrf"]

    def stream(self, name: str, *protocols: str) -> ClientConnection:
        return connect(
            self.url.replace("http", "ws") + "/_stcore/stream",
            additional_headers={"Cookie": self.cookies[name]},
            subprotocols=[Subprotocol(protocol) for protocol in protocols] or None,
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "project"
    project, cookies = make_shared_project(folder)
    project.engine.dispose()
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            with httpx2.Client(timeout=30) as client:
                yield Served(folder, url, cookies, client)
        finally:
            process.terminate()


def test_the_table_names_every_route_of_the_app_and_no_other(served: Served) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ_ROUTES, str(served.folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    kinds = {"WebSocketRoute": "websocket", "Mount": "mount"}
    found = [
        (path, kinds.get(kind, " ".join(methods)))
        for path, kind, methods in json.loads(done.stdout.splitlines()[-1])
    ]
    ours = [(route.path, "GET HEAD" if route.method == GET else route.method) for route in ROUTES]
    ours += [(socket.path, "websocket") for socket in SOCKETS]
    assert found[: len(ours)] == ours, "ours come first"
    assert sorted(found[len(ours) :]) == sorted((a.path, a.methods) for a in STREAMLIT)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("address", STREAMLIT, ids=lambda a: f"{a.methods} {a.path}")
def test_each_address_of_streamlit_opens_to_whom_it_may(
    served: Served, address: Address, name: str
) -> None:
    if address.methods == "websocket":
        assert may_stream(served, name) == (name in IN)
        return
    xsrf = served.xsrf()
    methods = "GET HEAD POST PUT" if address.methods == "mount" else address.methods
    for method in methods.split():
        headers = {"X-Xsrftoken": xsrf, "cookie": f"_streamlit_xsrf={xsrf}"}
        status = served.ask(name, method, address.example, **headers).status_code
        assert status < 500
        if address.opens_to == EVERYBODY:
            assert status in {200, 204}
        elif name not in IN:
            assert status == 401
        elif address.opens_to == NOBODY:
            assert status == 404
        else:
            assert status not in CLOSED


def may_stream(served: Served, name: str) -> bool:
    try:
        with served.stream(name) as stream:
            stream.ping().wait(10)
            return True
    except (ConnectionClosed, InvalidStatus):
        return False


@pytest.mark.parametrize("name", ["anonymous", "revoked"])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_of_our_addresses_only_the_way_in_answers_who_is_out(
    served: Served, route: AppRoute, name: str
) -> None:
    path = re.sub(r"{\w+}", "csv", re.sub(r"{\w+:int}", "1", route.path))
    status = served.ask(name, route.method, path).status_code
    # Without a password the sign-in refuses by itself.
    is_open = route.needed is None and (route.path, route.method) != ("/sign-in", "POST")
    assert (status not in CLOSED) == is_open


@pytest.mark.parametrize("name", ["anonymous", "revoked"])
@pytest.mark.parametrize(
    "path",
    [
        "/review",
        "/index.html",
        "/static/js/main.js",
        "/_stcore/health/",
        "//_stcore/health",
        "/_stcore/health/../host-config",
        "/%5fstcore/metrics",
        "/sign-in/../media/x",
        "/sign-in/provider/x",
    ],
)
def test_no_way_of_writing_an_address_gets_round_the_wall(
    served: Served, name: str, path: str
) -> None:
    assert served.ask(name, GET, path).status_code == 401


@pytest.mark.parametrize("path", ["/_stcore/metrics/", "/%5fstcore/metrics", "//_stcore/metrics"])
def test_no_way_of_writing_it_opens_a_shut_address(served: Served, path: str) -> None:
    answer = served.ask("owner", GET, path)
    assert "# TYPE" not in answer.text
    assert not answer.is_redirect or answer.headers["location"].endswith("/_stcore/metrics")


def test_uploads_need_the_token_and_a_session_that_is_open(served: Served) -> None:
    path = f"/_stcore/upload_file/{uuid4()}/{uuid4()}"
    assert served.ask("owner", PUT, path).status_code == 403
    xsrf = served.xsrf()
    headers = {"X-Xsrftoken": xsrf, "cookie": f"_streamlit_xsrf={xsrf}"}
    answer = served.ask("owner", PUT, path, **headers)
    assert answer.status_code == 400
    assert "Invalid session_id" in answer.text


def test_an_upload_is_kept_apart_by_the_id_of_its_session_which_nobody_can_guess(
    served: Served,
) -> None:
    """Streamlit asks for no more than that; docs/accounts.md says so."""
    xsrf = served.xsrf()
    headers = {"X-Xsrftoken": xsrf, "cookie": f"_streamlit_xsrf={xsrf}"}
    with served.stream("owner", "streamlit", "x") as stream:
        session = session_of(stream)
        assert UUID(session).version == 4, "122 bits of chance"
        path = f"/_stcore/upload_file/{session}/{uuid4()}"
        assert served.ask("annotator", DELETE, path, **headers).status_code == 204
        assert served.ask("revoked", DELETE, path, **headers).status_code == 401


def test_the_session_of_somebody_else_cannot_be_taken_over(served: Served) -> None:
    with served.stream("owner", "streamlit", "x") as first:
        session = session_of(first)
        with served.stream("annotator", "streamlit", "x", session) as other:
            assert session_of(other) != session
    with served.stream("annotator", "streamlit", "x", session) as later:
        assert session_of(later) != session
    with served.stream("owner", "streamlit", "x", session) as again:
        assert session_of(again) == session, "its own person finds it again"


def session_of(stream: ClientConnection) -> str:
    """Ask for a page and return the id of the session that answers."""
    ask = BackMsg()
    ask.rerun_script.query_string = ""
    stream.send(ask.SerializeToString())
    while True:
        content = stream.recv(timeout=30)
        assert isinstance(content, bytes)
        message = ForwardMsg.FromString(content)
        if message.WhichOneof("type") == "new_session":
            return str(message.new_session.initialize.session_id)
