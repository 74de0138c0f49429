"""Hosts."""

import pytest

from baton_common.hosts import format_url_host, parse_host


@pytest.mark.parametrize(("text", "host"), [("[::1]", "::1"), ("::", "::"), ("box", "box")])
def test_host_may_have_brackets(text: str, host: str) -> None:
    assert parse_host(text) == host


@pytest.mark.parametrize("text", ["", "http://box", "[::1]:8000", "[]", "a b"])
def test_other_texts_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="host name or address"):
        parse_host(text)


def test_an_ipv6_address_has_brackets_in_a_url() -> None:
    assert format_url_host("::1") == "[::1]"
    assert format_url_host("box") == "box"
