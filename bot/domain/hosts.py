"""Reads the hosts and addresses that an operator names.

Rule: what comes out has no room for a second reading: no user, no query, no odd characters.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

_NAME: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?")
_LARGEST_PORT: Final = 65535
_URL_CHARACTERS: Final = re.compile(r"[A-Za-z0-9:/.\[\]_~-]+")


def parse_hosts(text: str) -> frozenset[str]:
    """Names and addresses with commas or blanks between them, in lower case. One may have a port:
    then it is that port alone. Raises ValueError.
    """
    return frozenset(map(_parse_host_and_port, text.replace(",", " ").split()))


def parse_bind(text: str) -> str:
    """A name or an address to listen on, without a port. Raises ValueError."""
    try:
        return _parse_host(text)
    except ValueError:
        raise ValueError(
            "must be an address or a name, such as 127.0.0.1, ::1 or 0.0.0.0"
        ) from None


def shown(host: str) -> str:
    """As it stands in an address."""
    return f"[{host}]" if ":" in host else host


def parse_url(text: str) -> str:
    """A base address, without a slash at its end. Raises ValueError."""
    return _parse(text, "https", plain="http").geturl()


def parse_socket_url(text: str) -> str:
    """The address of a gateway. Raises ValueError."""
    return _parse(text, "wss", plain="ws").geturl()


def parse_origin(text: str) -> str:
    """An address that is nothing but scheme, host and port. Raises ValueError."""
    url = _parse(text, "https", plain="http")
    if url.path:
        raise ValueError("must have no path: the bot's own paths follow it")
    return url.geturl()


def is_loopback(host: str) -> bool:
    """Does this name or address stay on this machine?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parse(text: str, scheme: str, *, plain: str) -> SplitResult:
    example = f"{scheme}://example.org"
    # Checked before it is split: urlsplit drops line breaks and tabs without a word.
    if not _URL_CHARACTERS.fullmatch(text):
        raise ValueError(f"must be an address such as {example}, without ? # @ or blanks")
    url = _split(text)
    if url is None or not url.hostname:
        raise ValueError(f"must be an address such as {example}")
    host = _parse_host(url.hostname)
    if url.scheme != scheme and not (url.scheme == plain and is_loopback(host)):
        raise ValueError(f"must begin with {scheme}:// ({plain}:// only for this machine)")
    return url._replace(netloc=url.netloc.lower(), path=url.path.removesuffix("/"))


def _split(text: str) -> SplitResult | None:
    try:
        url = urlsplit(text)
        _ = url.port  # read at once: a port that is no number is told only now
    except ValueError:
        return None
    return url


def _parse_host_and_port(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or (":" in host and not host.endswith("]")):
        return _parse_host(text)  # without a port; an IPv6 address is full of colons itself
    if not port.isascii() or not 0 < int(port) <= _LARGEST_PORT:
        raise ValueError(f"has a port that is not between 1 and {_LARGEST_PORT}")
    return f"{shown(_parse_host(host))}:{int(port)}"


def _parse_host(text: str) -> str:
    host = text.lower().removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        if _NAME.fullmatch(host):
            return host.removesuffix(".")
    raise ValueError("must be host names such as files.example.org, without scheme or path")
