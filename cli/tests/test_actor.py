import pwd
import socket

import pytest

from baton_cli.actor import get_actor, get_user_at_host
from baton_cli.errors import CommandFailed
from baton_cli.settings import CI_USERS, CliSettings, load


def test_user_at_host_has_user_and_host() -> None:
    """The host is that of this machine."""
    user, _, host = get_user_at_host().partition("@")
    assert user
    assert host == socket.gethostname()


def test_user_without_a_name_is_a_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A container may run with an id that no user has."""

    def unknown(number: int) -> pwd.struct_passwd:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert get_user_at_host().partition("@")[0].isdigit()


@pytest.fixture(autouse=True)
def _no_actor(monkeypatch: pytest.MonkeyPatch) -> None:
    """CI may run these tests and set its variables."""
    for name in ("BATON_ACTOR", *CI_USERS):
        monkeypatch.delenv(name, raising=False)


def test_actor_comes_from_baton_actor_then_ci_then_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """`BATON_ACTOR` has precedence."""
    assert get_actor(load(CliSettings)) == get_user_at_host()
    monkeypatch.setenv("GITLAB_USER_LOGIN", "grace")
    assert get_actor(load(CliSettings)) == "grace"
    monkeypatch.setenv("BATON_ACTOR", " ada ")
    assert get_actor(load(CliSettings)) == "ada"


@pytest.mark.parametrize("name", CI_USERS)
def test_ci_variable_names_the_actor(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A name with a line break is ignored."""
    monkeypatch.setenv(name, "grace")
    assert get_actor(load(CliSettings)) == "grace"
    monkeypatch.setenv(name, "gra\nce")
    assert get_actor(load(CliSettings)) == get_user_at_host()


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2J", "a\u202eb", "a" * 201, " "])
def test_unprintable_actor_is_rejected(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The error comes at the start, not after training."""
    monkeypatch.setenv("BATON_ACTOR", name)
    with pytest.raises(CommandFailed, match="BATON_ACTOR") as caught:
        load(CliSettings)
    assert "\n" not in str(caught.value)
