import pwd
import socket

import pytest

from baton_cli.moves.person import user_at_host


def test_names_user_and_host() -> None:
    """Who moves an alias is a user of a host."""
    user, _, host = user_at_host().partition("@")
    assert user
    assert host == socket.gethostname()


def test_falls_back_to_the_number_of_a_user_without_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A container may run as a number that no user has."""

    def unknown(number: int) -> pwd.struct_passwd:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert user_at_host().partition("@")[0].isdigit()
