"""What counts as one address."""

from __future__ import annotations

import pytest

from bot.privacy.web_addresses import network, origin_code


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::2%eth1"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::1"),
    ],
)
def test_these_are_one_address(one: str, other: str) -> None:
    assert network(one) == network(other)
    assert origin_code("secret", one) == origin_code("secret", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("203.0.113.7", "203.0.113.8"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.8"),
        ("", "unix"),
    ],
)
def test_these_are_two(one: str, other: str) -> None:
    assert network(one) != network(other)
    assert origin_code("secret", one) != origin_code("secret", other)


def test_a_pseudonym_needs_the_secret() -> None:
    assert origin_code("secret", "203.0.113.7") != origin_code("another", "203.0.113.7")
