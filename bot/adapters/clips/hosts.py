"""Which hosts a result may come from: `CLAPPER_RESULT_HOSTS`.

Rule: without names, only public https hosts. With names, these and no other; the operator who
named them answers for where they lead, so they may be local and plain http.
"""

from collections.abc import Iterable

from yarl import URL

from bot.domain.errors import ClipRefusedError
from bot.domain.hosts import shown


class ResultHosts:
    """The hosts that the operator named, if any."""

    def __init__(self, named: Iterable[str] = ()) -> None:
        """Each is `host` or `host:port`."""
        self._named = frozenset(host.strip().lower() for host in named if host.strip())

    @property
    def are_named(self) -> bool:
        """True when the operator answers for the hosts, and the address guard is not needed."""
        return bool(self._named)

    def admit(self, text: str, *, base: URL | None = None) -> URL:
        """The address to fetch, or ClipRefusedError. Called anew for each redirect."""
        url = _parse(text, base)
        if url.user is not None or url.password is not None:
            raise ClipRefusedError("a name or password in the address")
        if self._named and not self._names(url):
            raise ClipRefusedError(f"host not named by the operator: {url.host}")
        if url.scheme != "https" and not (self._named and url.scheme == "http"):
            raise ClipRefusedError(f"not https: {url.scheme[:10]!r}")
        return url

    def _names(self, url: URL) -> bool:
        host = (url.host or "").lower()
        return bool({host, shown(host), f"{shown(host)}:{url.port}"} & self._named)


def _parse(text: str, base: URL | None) -> URL:
    # A signed address must be sent letter for letter. One with letters that may not be sent is
    # quoted instead: a line break must never get into the request.
    sendable = text.isascii() and text.isprintable() and " " not in text
    try:
        url = URL(text, encoded=sendable)
        url = base.join(url) if base is not None else url
        host = url.host
    except ValueError:
        raise ClipRefusedError("the address cannot be read") from None
    if not host:
        raise ClipRefusedError("an address without a host")
    return url
