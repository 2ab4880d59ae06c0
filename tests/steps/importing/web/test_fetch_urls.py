import gzip
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from curator.errors import CuratorError
from curator.steps.importing.archives.open_collection import opened_collection
from curator.steps.importing.web.fetch_urls import (
    FetchLimits,
    FetchReport,
    _name,
    fetch_urls,
    origins,
)
from curator.steps.importing.web.public_addresses import Network, is_public
from db.jobs.progress import finished
from tests.steps.importing.hostile import good

Answer = Callable[[BaseHTTPRequestHandler], None]
LOOPBACK = "127.0.0.1"
QUICK = FetchLimits(most_bytes=10_000, most_seconds=1.0)


def sends(content: bytes, status: int = 200, **headers: Any) -> Answer:
    def answer(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(status)
        for key, value in ({"Content_Length": len(content)} | headers).items():
            if value is not None:
                asked.send_header(key.replace("_", "-"), str(value))
        asked.end_headers()
        asked.wfile.write(content)

    return answer


def leads_to(place: str, status: int = 302) -> Answer:
    return sends(b"", status, Location=place)


DRIPS_SECONDS = 60
"""So long that a slow machine gives up in less than half of it, too."""


def drips(asked: BaseHTTPRequestHandler) -> None:
    """Send the head and then a byte now and then, for ever."""
    sends(b"", Content_Length=5000)(asked)
    for _ in range(10 * DRIPS_SECONDS):
        asked.wfile.write(b"x")
        time.sleep(0.1)


def drips_its_head(asked: BaseHTTPRequestHandler) -> None:
    asked.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(10 * DRIPS_SECONDS):
        asked.wfile.write(b"x")
        time.sleep(0.1)


def never_ends(asked: BaseHTTPRequestHandler) -> None:
    sends(b"", Content_Length=None)(asked)
    while True:
        asked.wfile.write(bytes(1000))


def in_chunks_without_end(asked: BaseHTTPRequestHandler) -> None:
    sends(b"", Content_Length=None, Transfer_Encoding="chunked")(asked)
    while True:
        asked.wfile.write(b"3e8\r\n" + bytes(1000) + b"\r\n")


class Server(ThreadingHTTPServer):
    """Answers by path and remembers what was asked."""

    daemon_threads = True

    def __init__(self, answers: dict[str, Answer]) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.answers, self.asked = answers, list[str]()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep silent: clients that hang up are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.headers['Host'].split(':')[0]}{self.path}")
        self.close_connection = True
        self.server.answers[self.path.split("?")[0]](self)

    def log_message(self, *_: Any) -> None:
        """Keep silent."""


@contextmanager
def serving(answers: dict[str, Answer], tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(answers)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def network_of(server: Server, **more: Any) -> Network:
    """Let every host lead to the server, as if its address were public."""
    made: dict[str, Any] = {
        "resolve": lambda _: [LOOPBACK],
        "is_allowed": lambda address: address == LOOPBACK,
        "ports": frozenset({server.server_port}),
        "certificates": ssl.create_default_context(),
    }
    return Network(**made | more)


def fetched(
    server: Server, folder: Path, *places: str, limits: FetchLimits = QUICK, **more: Any
) -> FetchReport:
    urls = [
        f"http://photos.test:{server.server_port}{place}" if place.startswith("/") else place
        for place in places
    ]
    return finished(fetch_urls(urls, folder, limits=limits, network=network_of(server, **more)))


def only_reason(report: FetchReport) -> str:
    assert report.fetched == 0
    (issue,) = report.issues
    return issue.reason


def test_what_is_fetched_can_be_imported_and_tells_where_it_came_from(tmp_path: Path) -> None:
    answers = {"/a/eva.png": sends(good()), "/photo": sends(good()), "/gone.png": sends(b"", 404)}
    with serving(answers) as server:
        at = f"http://photos.test:{server.server_port}"
        report = fetched(server, tmp_path, "/a/eva.png", "/photo?id=7", "/gone.png", "/a/eva.png")
    assert report.fetched == 2
    assert [str(one) for one in report.issues] == [f"{at}/gone.png: is answered with status 404."]
    assert origins(tmp_path) == {
        "00001-eva.png": f"{at}/a/eva.png",
        "00002-photo.jpg": f"{at}/photo?id=7",
    }
    with opened_collection(tmp_path) as opened:
        assert [file.name for file in opened.images] == list(origins(tmp_path))
        assert opened.images[0].read() == good()
        assert (opened.tables, opened.issues) == ((), ())


def test_begun_again_it_asks_only_for_what_is_missing(tmp_path: Path) -> None:
    with serving({"/1.png": sends(good()), "/2.png": sends(good())}) as server:
        fetched(server, tmp_path, "/1.png")
        report = fetched(server, tmp_path, "/1.png", "/2.png")
        assert server.asked == ["photos.test/1.png", "photos.test/2.png"]
    assert report.fetched == 2
    assert set(origins(tmp_path)) == {"00001-1.png", "00002-2.png"}


def test_no_address_at_all_gives_an_empty_folder(tmp_path: Path) -> None:
    assert finished(fetch_urls([" ", ""], tmp_path / "new")) == FetchReport(0, ())
    assert origins(tmp_path / "new") == {}


def test_too_many_addresses_are_refused(tmp_path: Path) -> None:
    urls = [f"http://photos.test/{number}" for number in range(10_001)]
    with pytest.raises(CuratorError, match=r"At most 10,000 addresses .* Received: 10,001"):
        finished(fetch_urls(urls, tmp_path))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "is no address that begins with http:// or https://"),
        ("ftp://photos.test/a.png", "is no address that begins with http:// or https://"),
        ("gopher://photos.test/", "is no address that begins with http:// or https://"),
        ("data:image/png;base64,AA", "is no address that begins with http:// or https://"),
        ("photos.test/a.png", "is no address that begins with http:// or https://"),
        ("http:///a.png", "is no address that begins with http:// or https://"),
        ("http://eva:secret@photos.test/a.png", "holds a name or a password"),
        ("http://photos.test:22/a.png", "is at port 22, which is not connected to"),
        ("http://photos.test:99999/a.png", "is at port 99999|is no address"),
        ("http://photos\n.test/", "is no address on the web"),
        ("http://[::1/", "is no address on the web"),
        ("http://" + "a" * 300 + ".test:{port}/", "is at no known host|is no address on the web"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str, reason: str, tmp_path: Path) -> None:
    with serving({}) as server:
        url = url.replace("{port}", str(server.server_port))
        found = only_reason(fetched(server, tmp_path, url, resolve=_unknown_if_long))
        assert server.asked == []
    assert re.search(reason, found), found


def _unknown_if_long(host: str) -> list[str]:
    host.encode("idna")  # as the system's own look-up does first
    return [LOOPBACK]


PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::1"]
PUBLIC += ["64:ff9b::808:808"]
NOT_PUBLIC = [
    *("127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "255.255.255.255"),  # noqa: S104
    *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "100.100.100.200", "100.127.255.255", "168.63.129.16"),
    *("192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1"),
    *("2001:db8::1", "2001::1", "3fff::1", "100::1", "4000::1", "::7f00:1", "::ffff:0:7f00:1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:100.64.0.1"),
    *("2002:7f00:1::1", "2002:a00:1::1", "2002:a9fe:a9fe::1", "2002:6440:1::1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "64:ff9b::e000:1"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "no address", ""),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_that_everybody_reaches_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_not_everybody_reaches_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", LOOPBACK, "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "0"),
        *("[::ffff:127.0.0.1]", "%31%32%37.0.0.1", "127。0。0。1", "①27.0.0.1"),
    ],
)
def test_this_machine_is_never_asked_by_whatever_name(host: str, tmp_path: Path) -> None:
    with serving({"/": sends(good())}) as server:
        network = Network(ports=frozenset({server.server_port}))
        urls = [f"http://{host}:{server.server_port}/"]
        reason = only_reason(finished(fetch_urls(urls, tmp_path, limits=QUICK, network=network)))
        assert server.asked == []
    assert (
        "which is not public" in reason or "is at no known host" in reason or "is no addr" in reason
    )


def test_one_address_that_is_not_public_among_others_is_enough(tmp_path: Path) -> None:
    with serving({"/": sends(good())}) as server:
        report = fetched(server, tmp_path, "/", resolve=lambda _: [LOOPBACK, "10.0.0.1"])
        assert server.asked == []
    assert only_reason(report) == "leads to 10.0.0.1, which is not public."


def test_a_host_is_looked_up_once_for_each_connection(tmp_path: Path) -> None:
    told = iter([[LOOPBACK], ["10.0.0.1"]])
    with serving({"/": sends(good())}) as server:
        report = fetched(server, tmp_path, "/", resolve=lambda _: next(told))
    assert report.fetched == 1
    assert next(told) == ["10.0.0.1"]  # nobody asked again


def test_a_host_that_tells_another_address_after_a_redirect_is_refused(tmp_path: Path) -> None:
    told = iter([[LOOPBACK], ["10.0.0.1"]])
    with serving({"/": leads_to("/again")}) as server:
        report = fetched(server, tmp_path, "/", resolve=lambda _: next(told))
        assert server.asked == ["photos.test/"]
    assert only_reason(report) == "leads to 10.0.0.1, which is not public."


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("http://127.0.0.1/secret", "is at port 80, which is not connected to."),
        ("http://10.0.0.1:{port}/", "leads to 10.0.0.1, which is not public."),
        ("http://[::ffff:10.0.0.1]:{port}/", "leads to ::ffff:10.0.0.1, which is not public."),
        ("//169.254.169.254:{port}/", "leads to 169.254.169.254, which is not public."),
        (
            "file:///etc/passwd",
            "leads on to file:/etc/passwd, which is no address that begins with http:// or "
            "https://.",
        ),
        (
            "http://a:b@photos.test:{port}/",
            "leads on to http://a:[secure]@photos.test:{port}/, which holds a name or a password. "
            "Leave them out.",
        ),
    ],
)
def test_a_redirect_is_checked_as_if_it_had_been_asked_for(
    place: str, reason: str, tmp_path: Path
) -> None:
    answers: dict[str, Answer] = {}
    with serving(answers) as server:
        port = server.server_port
        answers["/"] = leads_to(place.format(port=port))
        known = {"photos.test": [LOOPBACK]}
        report = fetched(server, tmp_path, "/", resolve=lambda host: known.get(host, [host]))
        assert server.asked == ["photos.test/"]
    assert only_reason(report).replace("a:b@", "a:[secure]@") == reason.format(port=port)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_up_to_five_redirects_are_followed(status: int, tmp_path: Path) -> None:
    answers = {f"/{number}": leads_to(f"/{number + 1}", status) for number in range(5)}
    with serving({**answers, "/5": sends(good())}) as server:
        assert fetched(server, tmp_path, "/0").fetched == 1


def test_more_redirects_are_not(tmp_path: Path) -> None:
    with serving({"/": leads_to("/")}) as server:
        assert only_reason(fetched(server, tmp_path, "/")) == "leads on more than 5 times."
        assert len(server.asked) == 6


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (sends(bytes(10_001)), "has more than 10,000 bytes, the most that is taken."),
        (sends(b"", Content_Length=10**12), "has more than 10,000 bytes, the most that is taken."),
        (never_ends, "has more than 10,000 bytes, the most that is taken."),
        (in_chunks_without_end, "has more than 10,000 bytes, the most that is taken."),
        (drips, "took too long (more than 1 s, or no answer)."),
        (drips_its_head, "took too long (more than 1 s, or no answer)."),
        (
            sends(gzip.compress(bytes(9)), Content_Encoding="gzip"),
            "comes compressed, which was not asked for.",
        ),
        (sends(b"", 500), "is answered with status 500."),
        (sends(b"", 206), "is answered with status 206."),
    ],
)
def test_a_server_that_does_not_play_fair_is_given_up(
    answer: Answer, reason: str, tmp_path: Path
) -> None:
    with serving({"/a.png": answer}) as server:
        began = time.monotonic()
        assert only_reason(fetched(server, tmp_path, "/a.png")) == reason
        assert time.monotonic() - began < DRIPS_SECONDS / 2
    assert [path.name for path in tmp_path.iterdir()] == ["origins.json"]


@pytest.mark.parametrize(
    "answer",
    [
        sends(b"half", Content_Length=8),
        lambda asked: asked.wfile.write(b"no http at all\r\n\r\n"),
        lambda asked: asked.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000),
        lambda asked: asked.connection.close(),
    ],
)
def test_an_answer_that_breaks_off_or_is_none_leaves_nothing(
    answer: Answer, tmp_path: Path
) -> None:
    with serving({"/a.png": answer}) as server:
        assert "cannot be fetched (" in only_reason(fetched(server, tmp_path, "/a.png"))
    assert [path.name for path in tmp_path.iterdir()] == ["origins.json"]


def test_a_server_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        port = taken.getsockname()[1]
        network = Network(lambda _: [LOOPBACK], lambda _: True, frozenset({port}))
        urls = [f"http://photos.test:{port}/"]
        report = finished(fetch_urls(urls, tmp_path, limits=QUICK, network=network))
    assert "cannot be fetched (" in only_reason(report)


def test_a_host_that_nobody_knows_is_said_so(tmp_path: Path) -> None:
    def unknown(host: str) -> list[str]:
        raise socket.gaierror(host)

    with serving({}) as server:
        report = fetched(server, tmp_path, "/", resolve=unknown)
    assert only_reason(report) == "is at no known host (photos.test)."


def test_the_next_address_is_tried_where_one_does_not_answer(tmp_path: Path) -> None:
    with serving({"/": sends(good())}) as server:
        network = replace(
            network_of(server),
            resolve=lambda _: ["127.0.0.2", LOOPBACK],
            is_allowed=lambda _: True,
        )
        urls = [f"http://photos.test:{server.server_port}/"]
        assert finished(fetch_urls(urls, tmp_path, network=network)).fetched == 1


def test_a_certificate_must_be_of_the_host_that_was_asked_for(tmp_path: Path) -> None:
    server_side, client_side = certificates_for("good.test", tmp_path)
    with serving({"/": sends(good())}, server_side) as server:
        network = replace(network_of(server), certificates=client_side)
        urls = [f"https://{host}:{server.server_port}/" for host in ("good.test", "evil.test")]
        report = finished(fetch_urls(urls, tmp_path / "in", limits=QUICK, network=network))
        assert server.asked == ["good.test/"]
    assert report.fetched == 1
    (issue,) = report.issues
    assert issue.item == urls[1]
    assert "Hostname mismatch, certificate is not valid for 'evil.test'" in issue.reason


def certificates_for(host: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate that signs itself, for a server and for a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return server_side, ssl.create_default_context(cafile=str(folder / "certificate.pem"))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://h.test/a/b.JPEG?x=/c.png#d.gif", "00007-b.jpeg"),
        ("http://h.test/../../etc/passwd", "00007-passwd.jpg"),
        ("http://h.test/%2e%2e%2fx.png", "00007-x.png"),
        ("http://h.test/..%5c..%5cx.png", "00007-x.png"),
        ("http://h.test/%00%0a.png", "00007-.png"),
        ("http://h.test/", "00007-h.jpg"),
        ("http://h.test/%E7%AC%91.png", "00007-笑.png"),
        ("http://h.test/" + "é" * 300 + ".png", "00007-" + "é" * 40 + ".png"),
        ("http://h.test/x.tar.gz", "00007-x-tar.jpg"),
    ],
)
def test_a_file_is_named_after_its_address_and_safely(url: str, name: str) -> None:
    assert _name(7, url) == name
