import pwd
import socket

import pytest

from baton_cli.errors import CommandFailed
from baton_cli.moves.actor import name_actor, user_at_host
from baton_cli.settings import CI_USERS, CliSettings, load


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


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """CI may run these tests, and would be named."""
    for name in ("BATON_ACTOR", *CI_USERS):
        monkeypatch.delenv(name, raising=False)


def test_a_name_that_was_given_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the user whom CI names, then the user of this host."""
    assert name_actor(load(CliSettings)) == user_at_host()
    monkeypatch.setenv("GITLAB_USER_LOGIN", "grace")
    assert name_actor(load(CliSettings)) == "grace"
    monkeypatch.setenv("BATON_ACTOR", " ada ")
    assert name_actor(load(CliSettings)) == "ada"


@pytest.mark.parametrize("name", CI_USERS)
def test_ci_names_its_user(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A name that no table could show counts as none."""
    monkeypatch.setenv(name, "grace")
    assert name_actor(load(CliSettings)) == "grace"
    monkeypatch.setenv(name, "gra\nce")
    assert name_actor(load(CliSettings)) == user_at_host()


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2J", "a\u202eb", "a" * 201, " "])
def test_a_name_that_no_table_could_show_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """At once, in one line: not after an hour of training."""
    monkeypatch.setenv("BATON_ACTOR", name)
    with pytest.raises(CommandFailed, match="BATON_ACTOR") as caught:
        load(CliSettings)
    assert "\n" not in str(caught.value)
