"""The address guard: a result never comes from inside our own network.

Rule: it judges the address that is about to be connected to, in the connector's socket factory.
There is no later step at which a name could resolve to something else, and an address written
into the URL passes through here as well, which it would not in a resolver.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

IPAddress = IPv4Address | IPv6Address
AddrInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` gives it, and aiohttp hands it on."""

_NAT64: Final = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""All that was ever handed out. What is outside is not on the Internet."""
_NOBODYS: Final = (
    IPv4Network("100.64.0.0/10"),  # shared by carriers
    IPv4Network("192.0.0.0/24"),  # protocol assignments; younger Pythons know the whole of it
    IPv4Network("192.88.99.0/24"),  # the old anycast way into 6to4
)


class AddressRefusedError(OSError):
    """Not a public address.

    An OSError, so that the next address of the same name is tried. Its text is always the same:
    aiohappyeyeballs then raises it as it is, instead of one error made of many.
    """

    def __init__(self) -> None:
        super().__init__("not a public address")


def guarded_socket(info: AddrInfo) -> socket.socket:
    """A socket for this address, unless it is ours or our neighbours'."""
    family, kind, protocol, _, address = info
    if family not in {socket.AF_INET, socket.AF_INET6} or not is_public(str(address[0])):
        raise AddressRefusedError
    return socket.socket(family, kind, protocol)


def is_public(text: str) -> bool:
    """Whether this address, and the one wrapped in it, is on the public Internet."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return _is_public(_unwrap(address))


def _unwrap(address: IPAddress) -> IPAddress:
    """Where packets to this address end up."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is not None:
        return inner
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address  # Teredo and all other wrappings are never global, whatever they hold


def _is_public(address: IPAddress) -> bool:
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    if isinstance(address, IPv6Address):
        return address in _GLOBAL_UNICAST
    return not any(address in network for network in _NOBODYS)
