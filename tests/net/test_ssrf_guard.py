"""Which addresses are dialled?"""

import pytest

from net.ssrf_guard import SsrfGuard


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"],
)
def test_global_addresses_are_dialled(address: str) -> None:
    assert SsrfGuard().refusal(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "2001:0:1::1",
        "2001:db8::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_special_addresses_are_refused_unless_all_are_allowed(address: str) -> None:
    assert SsrfGuard().refusal(address)
    assert SsrfGuard(("203.0.113.0/24",)).refusal(address)
    assert SsrfGuard(True).refusal(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fd00:ec2::254",
        "100.100.100.200",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ],
)
@pytest.mark.parametrize("allowed", [False, True, ("0.0.0.0/0", "::/0")])
def test_metadata_addresses_are_always_refused(address: str, allowed: bool | tuple[str, ...]) -> None:
    assert SsrfGuard(allowed).refusal(address) == "a metadata address"


def test_only_the_listed_networks_are_allowed() -> None:
    guard = SsrfGuard(("10.1.0.0/16", "::1/128"))
    assert guard.refusal("10.1.2.3") is None
    assert guard.refusal("::ffff:10.1.2.3") is None
    assert guard.refusal("::1") is None
    assert guard.refusal("10.2.0.1")
    assert guard.refusal("127.0.0.1")
