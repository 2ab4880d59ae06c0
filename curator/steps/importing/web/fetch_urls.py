"""Fetch images from the web into a folder, from which they are imported like any others."""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import httpcore2
from httpcore2 import ConnectionPool, NetworkError, ProtocolError, Response, TimeoutException
from httpx2 import URL, InvalidURL

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.images.image_codec import IMAGE_SUFFIXES
from curator.steps.importing.archives.collection import MAX_FILE_BYTES
from curator.steps.importing.archives.file_names import suffix_of
from curator.steps.importing.web.public_addresses import (
    GuardedBackend,
    Network,
    RefusedAddressError,
)
from curator.steps.process_pool import fan_out
from db.files.blobs import write_whole, written_whole
from db.jobs.progress import Progress, Steps

ORIGINS = "origins.json"
"""Beside the files: which of them came from where."""

MOST_URLS = 10_000
_AT_A_TIME = 4
_NAME_BYTES = 80
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = (
    *(("User-Agent", "fer-curator"), ("Accept", "image/*")),
    *(("Accept-Encoding", "identity"), ("Connection", "close")),
)


class _NotFetchedError(Exception):
    """A file does not come; the message goes after its address."""


@dataclass(frozen=True)
class FetchLimits:
    """How much one address on the web may send, and how long it may take.

    Attributes:
        most_bytes: Of one file.
        most_seconds: For one file, with all redirects.
        connect_seconds: For one server to answer.
        most_redirects: From one address.
    """

    most_bytes: int = MAX_FILE_BYTES
    most_seconds: float = 60
    connect_seconds: float = 10
    most_redirects: int = 5


@dataclass(frozen=True)
class FetchReport:
    """What was fetched.

    Attributes:
        fetched: How many files are in the folder now.
        issues: What did not come, and why.
    """

    fetched: int
    issues: tuple[Issue, ...]


def fetch_urls(
    urls: Sequence[str],
    folder: Path,
    *,
    limits: FetchLimits | None = None,
    network: Network | None = None,
) -> Steps[FetchReport]:
    """Fetch files by http and https into a folder; begun again, it goes on where it was.

    Only hosts with public addresses are asked. What comes is not looked at: the import
    that follows decides what is an image. `origins` tells afterwards where each came from.

    Args:
        urls: Addresses on the web; of the same ones the first counts.
        folder: Where to; made if need be, and nothing else is in it.
        limits: How much and how long; the usual ones when None.
        network: Which hosts; all public ones when None.

    Raises:
        CuratorError: There are more than 10,000 addresses.
    """
    wanted = list(dict.fromkeys(url.strip() for url in urls if url.strip()))
    if len(wanted) > MOST_URLS:
        raise CuratorError(
            f"At most {MOST_URLS:,} addresses are fetched at once. Received: {len(wanted):,}"
        )
    places = {url: folder / _name(number, url) for number, url in enumerate(wanted, 1)}
    fetch = partial(_outcome, places, limits or FetchLimits(), network or Network())
    outcomes: dict[str, str] = {}
    yield Progress(0, len(wanted), "Fetching images")
    with ThreadPoolExecutor(_AT_A_TIME) as executor:
        for url, outcome in fan_out(executor, fetch, wanted):
            outcomes[url] = outcome
            yield Progress(len(outcomes), len(wanted), "Fetching images")
    came = {places[url].name: url for url in wanted if not outcomes[url]}
    write_whole(folder / ORIGINS, json.dumps(came, ensure_ascii=False, indent=1).encode())
    issues = tuple(Issue(url, reason) for url, reason in outcomes.items() if reason)
    return FetchReport(len(came), issues)


def origins(folder: Path) -> dict[str, str]:
    """Read of each file that was fetched into a folder where it came from.

    Returns:
        The address on the web by the file's name.
    """
    found: dict[str, str] = json.loads((folder / ORIGINS).read_bytes())
    return found


def _name(number: int, url: str) -> str:
    r"""Name a file after its address: unique by its number, safe on any system.

    Example:
        >>> _name(7, "https://host.org/a/caf%C3%A9%2F..%5Cx.PNG?size=large")
        '00007-x.png'
    """
    path = unquote(re.split("[?#]", url, maxsplit=1)[0], errors="replace").replace("\\", "/")
    last = PurePosixPath(path).name
    suffix = suffix_of(last) if suffix_of(last) in IMAGE_SUFFIXES else ".jpg"
    stem = re.sub(r"[^\w-]+", "-", PurePosixPath(last).stem).strip("-")
    return f"{number:05}-{stem.encode()[:_NAME_BYTES].decode(errors='ignore')}{suffix}"


def _outcome(places: Mapping[str, Path], limits: FetchLimits, network: Network, url: str) -> str:
    """Fetch one file and say why it did not come; nothing where it did."""
    if places[url].exists():
        return ""
    try:
        _fetch(url, places[url], limits, network)
    except (RefusedAddressError, _NotFetchedError) as error:
        return str(error)
    except TimeoutException:
        return f"took too long (more than {limits.most_seconds:g} s, or no answer)."
    except (NetworkError, ProtocolError, OSError) as error:
        return f"cannot be fetched ({error})."
    return ""


def _fetch(url: str, path: Path, limits: FetchLimits, network: Network) -> None:
    deadline = time.monotonic() + limits.most_seconds
    target = _checked(url)
    for _ in range(limits.most_redirects + 1):
        backend = GuardedBackend(network, deadline, limits.connect_seconds)
        with _asked(target, network, backend) as response:
            if response.status not in _REDIRECTS:
                _keep(response, path, limits.most_bytes)
                return
            target = _checked(_header(response, b"location"), target)
    raise _NotFetchedError(f"leads on more than {limits.most_redirects} times.")


def _checked(url: str, base: URL | None = None) -> URL:
    try:
        target = URL(url) if base is None else base.join(url)
    except (InvalidURL, ValueError) as error:
        raise _NotFetchedError(f"is no address on the web ({error}).") from error
    where = "" if base is None else f"leads on to {target}, which "
    if target.scheme not in {"http", "https"} or not target.host:
        raise _NotFetchedError(f"{where}is no address that begins with http:// or https://.")
    if target.userinfo:
        raise _NotFetchedError(f"{where}holds a name or a password. Leave them out.")
    return target


@contextmanager
def _asked(target: URL, network: Network, backend: GuardedBackend) -> Iterator[Response]:
    with (
        ConnectionPool(ssl_context=network.certificates, network_backend=backend) as pool,
        pool.stream("GET", _unmistakable(target), headers=_HEADERS) as response,
    ):
        yield response


def _unmistakable(target: URL) -> httpcore2.URL:
    # In its parts, since another reader of addresses could find another host in the whole.
    return httpcore2.URL(
        scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path
    )


def _keep(response: Response, path: Path, most_bytes: int) -> None:
    if response.status != 200:
        raise _NotFetchedError(f"is answered with status {response.status}.")
    if _header(response, b"content-encoding", "identity").lower() != "identity":
        raise _NotFetchedError("comes compressed, which was not asked for.")
    stated = _header(response, b"content-length", "0")
    if stated.isdecimal() and int(stated) > most_bytes:
        raise _NotFetchedError(_too_large(most_bytes))
    left = most_bytes
    with written_whole(path) as aside, aside.open("wb") as file:
        for chunk in response.iter_stream():
            left -= len(chunk)
            if left < 0:
                raise _NotFetchedError(_too_large(most_bytes))
            file.write(chunk)


def _too_large(most_bytes: int) -> str:
    return f"has more than {most_bytes:,} bytes, the most that is taken."


def _header(response: Response, name: bytes, default: str = "") -> str:
    return next(
        (value.decode("latin-1") for key, value in response.headers if key.lower() == name),
        default,
    )
