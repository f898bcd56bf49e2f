"""Which addresses a webhook may call: looked up once, judged, and then called by number.

A name is resolved here and the request goes to the very address that was judged, so a name that answers
differently a moment later leads nowhere else.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class RefusedAddressError(Exception):
    """The name leads to this machine or into a private network."""


async def resolve(host: str, port: int, *, allow_private: bool) -> str:
    """Return one address of a host that may be called.

    **Errors**: OSError if the name cannot be resolved; RefusedAddressError if any of its addresses is private.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise OSError("the name has no address")
    if not allow_private and not all(is_public(address) for address in addresses):
        raise RefusedAddressError(f"{host} is not a public address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Tell whether an address belongs to the open internet, also where it carries another inside. Pure."""
    found: Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = _carried(found)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _carried(address: ipaddress.IPv6Address) -> Address | None:
    """Return the IPv4 address inside one that only carries it: mapped, 6to4, Teredo or NAT64."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # Source: RFC 6052
