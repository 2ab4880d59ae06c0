"""Connect to public addresses only, and to the very ones that were checked.

A page that a stranger names must not be a way to what only this machine can reach (OWASP:
server-side request forgery). So the name is looked up once, all its addresses are checked,
and the connection goes to one of them; a second look-up, which could tell something else,
never happens.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from httpcore2 import (
    SOCKET_OPTION,
    ConnectError,
    ConnectTimeout,
    NetworkBackend,
    NetworkStream,
    ReadTimeout,
    SyncBackend,
    WriteTimeout,
    default_ssl_context,
)
from typing_extensions import override

PORTS = frozenset({80, 443})

_EVERYBODYS = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_NOT_FOR_ALL = tuple(
    ip_network(network)
    for network in (
        "100.64.0.0/10",  # shared behind a provider's NAT (RFC 6598)
        "168.63.129.16/32",  # what Azure shows to its machines alone
        "192.0.0.0/24",  # protocols; some clouds show secrets there (RFC 6890)
        "192.88.99.0/24",  # relays of 6to4, given up (RFC 7526)
        "2001::/23",  # protocols, Teredo among them, which wraps other addresses (RFC 2928)
        "3fff::/20",  # for documents (RFC 9637)
    )
)


class RefusedAddressError(Exception):
    """A host may not be connected to; the message goes after its address on the web."""


def resolved(host: str) -> list[str]:
    """Return all addresses of a host.

    Raises:
        OSError: It has none.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Say whether an IP address is one that everybody reaches.

    An address that wraps another (IPv4 in IPv6, 6to4, NAT64) is what it wraps.

    Example:
        >>> [is_public(one) for one in ("8.8.8.8", "10.0.0.1", "::ffff:127.0.0.1")]
        [True, False, False]
    """
    try:
        return _is_public(ip_address(address))
    except ValueError:  # no address, or one of a network card, such as fe80::1%eth0
        return False


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        wrapped = _wrapped(address)
        if wrapped is not None:
            return _is_public(wrapped)
        if address not in _EVERYBODYS or address.scope_id is not None:
            return False
    if any(address.version == one.version and address in one for one in _NOT_FOR_ALL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) % 2**32)
    return address.ipv4_mapped or address.sixtofour


@dataclass(frozen=True)
class Network:
    """Which hosts are connected to, and how they are found.

    Attributes:
        resolve: Returns the addresses of a host; raises OSError.
        is_allowed: Says whether an address may be connected to.
        ports: Those that may be connected to.
        certificates: What the certificates of hosts are checked with.
    """

    resolve: Callable[[str], Sequence[str]] = resolved
    is_allowed: Callable[[str], bool] = is_public
    ports: frozenset[int] = PORTS
    certificates: ssl.SSLContext = field(default_factory=default_ssl_context)

    def addresses(self, host: str) -> Sequence[str]:
        """Look a host up and return its addresses.

        Raises:
            RefusedAddressError: It has none, or one that may not be connected to.
        """
        try:
            found = self.resolve(host)
        except (OSError, UnicodeError) as error:
            raise RefusedAddressError(f"is at no known host ({host}).") from error
        refused = [address for address in found if not self.is_allowed(address)]
        if refused or not found:
            raise RefusedAddressError(
                f"leads to {refused[0] if refused else 'no address'}, which is not public."
            )
        return found


class GuardedBackend(NetworkBackend):
    """Makes the connections of an HTTP client, within a network and until a point of time.

    Args:
        network: Where they may go.
        deadline: When all must be over, by `time.monotonic`.
        connect_seconds: How long one address may take to answer.
    """

    def __init__(self, network: Network, deadline: float, connect_seconds: float) -> None:
        self._network, self._deadline, self._connect_seconds = network, deadline, connect_seconds

    @override
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        if port not in self._network.ports:
            raise RefusedAddressError(f"is at port {port}, which is not connected to.")
        failed: ConnectError | ConnectTimeout = ConnectError("it has no address")
        for address in self._network.addresses(host):
            left = min(self._connect_seconds, _left(self._deadline, ConnectTimeout))
            try:
                stream = SyncBackend().connect_tcp(address, port, left)
            except (ConnectError, ConnectTimeout) as error:
                failed = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failed


class _TimedStream(NetworkStream):
    """A connection that is over at a point of time, however slowly the other side speaks."""

    def __init__(self, stream: NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    @override
    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, ReadTimeout))

    @override
    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, WriteTimeout))

    @override
    def close(self) -> None:
        self._stream.close()

    @override
    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        left = _left(self._deadline, ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return _TimedStream(stream, self._deadline)

    @override
    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(deadline: float, error: type[Exception]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise error("it took too long")
    return left
