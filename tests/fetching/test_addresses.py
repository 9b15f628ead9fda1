"""Which IP addresses are public: every border of the list, and what hypothesis makes up."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis.strategies import integers, ip_addresses, sampled_from

from assistant.fetching.addresses import is_public

# Written apart from the code, from IANA's registries.
NOT_PUBLIC = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
    "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    "::/3", "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3ffe::/16", "3fff::/20", "4000::/2",
    "8000::/1",
]  # fmt: skip
NETWORKS = [ip_network(text) for text in NOT_PUBLIC]


def inside(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in NETWORKS if network.version == address.version)


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_border_of_a_network_is_exact(text: str) -> None:
    network = ip_network(text)
    assert not is_public(str(network[0])) and not is_public(str(network[-1]))
    for number in (int(network[0]) - 1, int(network[-1]) + 1):
        if 0 <= number < 2**network.max_prefixlen:
            neighbour = type(network[0])(number)
            assert is_public(str(neighbour)) != inside(neighbour), neighbour


@pytest.mark.parametrize(
    "text",
    ["8.8.8.8", "1.1.1.1", "93.184.216.34", "172.15.255.255", "172.32.0.0", "223.255.255.255", "100.63.255.255",
     "2606:4700::1", "2a00:1450:4001:80b::200e", "2001:4860:4860::8888", "2400:cb00::1"],
)  # fmt: skip
def test_address_of_a_web_server_is_public(text: str) -> None:
    assert is_public(text)


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "example.com", "8.8.8", "8.8.8.8/32", "0x8.8.8.8", "010.8.8.8", "134744072", " 8.8.8.8",
     "8.8.8.8:80", "[2606:4700::1]", "2606:4700::1%eth0", "fe80::1%eth0", "::ffff:8.8.8.8%1", "８.8.8.8"],
)  # fmt: skip
def test_what_is_no_plain_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@given(ip_addresses())
def test_public_is_exactly_what_is_in_no_network_of_the_list(address: IPv4Address | IPv6Address) -> None:
    assert is_public(str(address)) == (not inside(address))


@given(ip_addresses())
def test_nothing_is_public_that_the_standard_library_calls_special(address: IPv4Address | IPv6Address) -> None:
    special = (
        address.is_private or address.is_loopback or address.is_link_local or address.is_multicast
        or address.is_reserved or address.is_unspecified or not address.is_global
    )  # fmt: skip
    assert not (is_public(str(address)) and special)


@given(ip_addresses(v=4))
def test_no_ipv4_address_hides_in_an_ipv6_one(address: IPv4Address | IPv6Address) -> None:
    number = int(address)
    hiding_places = {
        "mapped": (0xFFFF << 32) | number,
        "compatible": number,
        "translated": (0xFFFF << 48) | number,
        "6to4": (0x2002 << 112) | (number << 80) | 1,
        "NAT64": int(ip_address("64:ff9b::")) | number,
        "local NAT64": int(ip_address("64:ff9b:1::")) | number,
        "Teredo": int(ip_address("2001::")) | (number ^ 0xFFFFFFFF),
    }
    for name, value in hiding_places.items():
        assert not is_public(str(IPv6Address(value))), name


@given(sampled_from(NETWORKS), integers(0, 2**128 - 1))
def test_no_address_of_a_refused_network_is_public(network: IPv4Network | IPv6Network, number: int) -> None:
    assert not is_public(str(network[number % network.num_addresses]))
