"""Which addresses belong to the public internet, and which to this machine, its network or cloud.

The rule to know: what is not plainly public is refused; every way to write an IPv4 address inside
an IPv6 one lies outside the ranges that are let through.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

PLATFORM_ADDRESSES = (
    IPv4Network("168.63.129.16/32"),  # Azure's platform, reached from inside its machines alone
    IPv4Network("192.0.0.0/24"),  # protocol assignments; Oracle's metadata is 192.0.0.192
    IPv4Network("192.88.99.0/24"),  # relays to 6to4, long deprecated
)
GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All that was ever given out; mapped, compatible, NAT64, local and multicast lie outside it."""
SIX_TO_FOUR = IPv6Network("2002::/16")


def is_public(text: str) -> bool:
    """Say whether a call may go to this address."""
    address = ip_address(text)
    return _is_public_v4(address) if isinstance(address, IPv4Address) else _is_public_v6(address)


def is_loopback(text: str) -> bool:
    """Say whether a call to this address stays on this machine."""
    return ip_address(text).is_loopback


def _is_public_v4(address: IPv4Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in PLATFORM_ADDRESSES)
    )


def _is_public_v6(address: IPv6Address) -> bool:
    # `is_global` leaves Teredo out with the rest of 2001::/23.
    return address.is_global and address in GLOBAL_UNICAST and address not in SIX_TO_FOUR
