"""What an address means: this machine, another one, a page of ours."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Tell whether an address or `localhost` means this machine only.

    Example:
        >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
        (True, True, False)
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def host_name(host: str) -> str | None:
    """Return the name in a Host header, without its port.

    Example:
        >>> host_name("lab.example:8501"), host_name("[::1]:8501"), host_name("[")
        ('lab.example', '::1', None)
    """
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def network_of(address: str) -> str:
    """Return what one caller has for certain: an IPv4 address, or an IPv6 network of 64 bits.

    Example:
        >>> network_of("192.0.2.7"), network_of("2001:db8::7"), network_of("unix")
        ('192.0.2.7', '2001:db8::/64', 'unix')
    """
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return address
    if number.version == 4:
        return address
    return str(ipaddress.ip_network((int(number), 64), strict=False))


def is_tls_or_loopback(url: str) -> bool:
    """Tell whether what is sent to a URL cannot be read on the way.

    Example:
        >>> is_tls_or_loopback("https://lab.example"), is_tls_or_loopback("http://lab.example")
        (True, False)
        >>> is_tls_or_loopback("http://localhost:8501")
        True
    """
    scheme, _, rest = url.partition("://")
    host = host_name(rest.partition("/")[0]) or ""
    return bool(host) and (scheme == "https" or (scheme == "http" and is_loopback(host)))


def own_path(path: str) -> str:
    """Return a path of this app, whatever was asked for.

    Example:
        >>> own_path("/label"), own_path("//evil.example"), own_path("https://evil.example")
        ('/label', '/', '/')
    """
    is_own = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_own and path.isprintable() else "/"
