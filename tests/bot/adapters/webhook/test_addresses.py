"""Which addresses a webhook may call (bot/adapters/webhook/addresses.py)."""

from __future__ import annotations

import pytest

from bot.adapters.webhook.addresses import RefusedAddressError, is_public, resolve


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_addresses_of_the_open_internet_may_be_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::",
    ],
)  # fmt: skip
def test_addresses_of_this_machine_and_of_private_networks_may_not(address: str) -> None:
    assert not is_public(address)


async def test_a_name_of_this_machine_is_refused_unless_that_is_allowed() -> None:
    with pytest.raises(RefusedAddressError):
        await resolve("localhost", 80, allow_private=False)
    assert await resolve("localhost", 80, allow_private=True) in ("127.0.0.1", "::1")
