"""MLflow's accounts follow the files of passwords, whatever was there before."""

from pathlib import Path

import pytest
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

from baton_common.settings import SettingsError
from baton_tracking.accounts import Account, ensure_accounts, list_accounts
from baton_tracking.settings import AccountPasswords, load_accounts

# MLflow's migrations are set up as Alembic no longer likes it.
pytestmark = pytest.mark.filterwarnings("ignore:No path_separator found:DeprecationWarning")

FIRST = AccountPasswords("a" * 20, "t" * 20, "i" * 20)
SECOND = AccountPasswords("A" * 20, "t" * 20, "I" * 20)


@pytest.fixture
def store(tmp_path: Path) -> SqlAlchemyStore:
    """MLflow's own store, empty."""
    store = SqlAlchemyStore()
    store.init_db(f"sqlite:///{tmp_path}/auth.db")  # type: ignore[no-untyped-call] # MLflow's
    return store


def test_the_first_start_makes_them(store: SqlAlchemyStore) -> None:
    """One administrator, one writer, one reader."""
    assert ensure_accounts(store, list_accounts("admin", FIRST)) == [
        "admin made",
        "trainer made",
        "inference made",
    ]

    assert {user.username: user.is_admin for user in store.list_users()} == {
        "admin": True,
        "trainer": False,
        "inference": False,
    }
    assert store.authenticate_user("trainer", FIRST.trainer)


def test_a_second_start_changes_nothing(store: SqlAlchemyStore) -> None:
    """Run at every start, it repeats nothing."""
    ensure_accounts(store, list_accounts("admin", FIRST))

    assert ensure_accounts(store, list_accounts("admin", FIRST)) == []


def test_new_passwords_take_the_place_of_the_old(store: SqlAlchemyStore) -> None:
    """After a rotation, or a restored backup: only what the files say opens."""
    ensure_accounts(store, list_accounts("admin", FIRST))

    done = ensure_accounts(store, list_accounts("admin", SECOND))

    assert done == ["admin has a new password", "inference has a new password"]
    assert store.authenticate_user("admin", SECOND.admin)
    assert not store.authenticate_user("admin", FIRST.admin)
    assert store.get_user("admin").is_admin


def test_others_are_left_alone(store: SqlAlchemyStore) -> None:
    """Accounts that the administrator made for people stay as they are."""
    store.create_user("somebody", "somebody's password")

    ensure_accounts(store, {"trainer": Account(FIRST.trainer)})

    assert store.authenticate_user("somebody", "somebody's password")


def test_the_trainer_writes_what_others_made(store: SqlAlchemyStore) -> None:
    """Models and experiments from before there were accounts included; inference writes nothing."""
    ensure_accounts(store, list_accounts("admin", FIRST))

    def grants(name: str) -> set[tuple[str, str, str]]:
        roles = store.list_user_roles(store.get_user(name).id)
        return {
            (each.resource_type, each.resource_pattern, each.permission)
            for role in roles
            for each in role.permissions
        }

    assert grants("trainer") == {
        ("experiment", "*", "EDIT"),
        ("registered_model", "*", "EDIT"),
    }
    assert grants("inference") == set()


def test_a_missing_password_is_named() -> None:
    """No account is made with a password that nobody chose."""
    given = {"BATON_ADMIN_PASSWORD": "a" * 20, "BATON_INFERENCE_PASSWORD": "i" * 20}

    with pytest.raises(SettingsError, match="BATON_TRAINER_PASSWORD is not set"):
        load_accounts(given)
