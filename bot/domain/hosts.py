"""Reads the hosts and addresses that an operator names.

Rule: what comes out has no room for a second reading: no user, no query, no odd characters.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

_NAME: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?")
_URL_CHARACTERS: Final = re.compile(r"[A-Za-z0-9:/.\[\]_~-]+")


def parse_hosts(text: str) -> frozenset[str]:
    """Names and addresses with commas between them, in lower case. Raises ValueError."""
    return frozenset(_parse_host(part.strip()) for part in text.split(",") if part.strip())


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


def _parse_host(text: str) -> str:
    host = text.lower().removeprefix("[").removesuffix("]")
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        if _NAME.fullmatch(host):
            return host.removesuffix(".")
    raise ValueError("must be host names such as files.example.org, without scheme, port or path")
