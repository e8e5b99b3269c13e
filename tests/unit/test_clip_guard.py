"""Which addresses and hosts a result may come from."""

import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.clips.guard import AddressRefusedError, guarded_socket, is_public
from bot.adapters.clips.hosts import ResultHosts
from bot.domain.errors import ClipRefusedError

OURS = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "224.0.1.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
]
WRAPPERS = {
    "mapped": "::ffff:{v4}",
    "compatible": "::{v4}",
    "translated": "::ffff:0:{v4}",
    "nat64": "64:ff9b::{v4}",
}


@pytest.mark.parametrize("address", OURS)
def test_an_address_that_is_not_on_the_internet_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize("wrapper", WRAPPERS.values(), ids=WRAPPERS)
@pytest.mark.parametrize("address", OURS)
def test_an_address_is_refused_in_every_wrapping(address, wrapper):
    assert not is_public(wrapper.format(v4=address))


@pytest.mark.parametrize("address", OURS)
def test_an_address_is_refused_inside_6to4_and_teredo(address):
    inner = int(IPv4Address(address))
    good = int(IPv4Address("8.8.8.8"))
    flipped = inner ^ 0xFFFFFFFF
    assert not is_public(str(IPv6Address((0x2002 << 112) | (inner << 80) | 1)))
    assert not is_public(str(IPv6Address((0x20010000 << 96) | (good << 64) | flipped)))
    assert not is_public(str(IPv6Address((0x20010000 << 96) | (inner << 64) | (good ^ 0xFFFFFFFF))))


@pytest.mark.parametrize(
    "address",
    [
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
        "64:ff9b:1::1",
        "100::1",
        "4000::1",
        "not an address",
        "2130706433",
        "",
    ],
)
def test_an_ipv6_address_that_is_not_on_the_internet_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.1",
        "172.32.0.1",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "64:ff9b::8.8.8.8",
        "::ffff:8.8.8.8",
        "2002:808:808::1",
    ],
)
def test_a_public_address_is_let_through(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_never_makes_it_more_public(address):
    for wrapper in WRAPPERS.values():
        assert is_public(str(address)) or not is_public(wrapper.format(v4=address))


def test_no_socket_is_made_for_a_refused_address():
    with pytest.raises(AddressRefusedError):
        guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))
    with pytest.raises(AddressRefusedError):
        guarded_socket((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", ("8.8.8.8",)))


def test_a_socket_is_made_for_a_public_address():
    made = guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80)))
    made.close()
    assert made.family is socket.AF_INET


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/a.mp4",
        "ftp://example.com/a.mp4",
        "file:///etc/passwd",
        "//example.com/a.mp4",
        "https://",
        "https:///a.mp4",
        "https://somebody@example.com/a.mp4",
        "https://somebody:secret@example.com/a.mp4",
        "https://example.com:port/a.mp4",
        "https://[::1/a.mp4",
        "nonsense",
        "",
    ],
)
def test_without_names_an_address_that_is_not_plain_https_is_refused(address):
    with pytest.raises(ClipRefusedError):
        ResultHosts().admit(address)


@pytest.mark.parametrize(
    "address",
    ["https://cdn.example.com/a.mp4", "https://other.example/a.mp4", "http://127.0.0.1:1/a.mp4"],
)
def test_with_names_every_other_host_is_refused(address):
    hosts = ResultHosts(["example.com", "127.0.0.1:8099"])
    with pytest.raises(ClipRefusedError):
        hosts.admit(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/a.mp4",
        "https://EXAMPLE.com:444/a.mp4",
        "http://example.com/a.mp4",
        "http://127.0.0.1:8099/a.mp4",
        "http://[::1]:8099/a.mp4",
    ],
)
def test_a_named_host_may_be_local_and_plain_http(address):
    assert ResultHosts([" Example.com ", "127.0.0.1:8099", "[::1]:8099"]).admit(address)


def test_a_name_does_not_open_other_schemes():
    with pytest.raises(ClipRefusedError):
        ResultHosts(["example.com"]).admit("ftp://example.com/a.mp4")


def test_names_that_are_blank_name_nobody():
    assert not ResultHosts(["", "  "]).are_named


def test_a_signed_address_is_sent_letter_for_letter():
    signed = "https://example.com/a%2Fb.mp4?sig=a%2Bb%3D%3D&x=1+2"
    assert str(ResultHosts().admit(signed)) == signed


def test_a_line_break_never_gets_into_the_request():
    url = ResultHosts().admit("https://example.com/a\r\nHost: evil/b c.mp4")
    assert not set("\r\n ") & set(url.raw_path_qs)


def test_a_redirect_is_read_relative_to_where_it_came_from():
    hosts = ResultHosts()
    first = hosts.admit("https://example.com/x/a.mp4")
    assert str(hosts.admit("../b.mp4?q=%2F", base=first)) == "https://example.com/b.mp4?q=%2F"
