"""MLflow's accounts."""

from pathlib import Path

import pytest
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

from baton_common.settings import SettingsError
from baton_tracking.accounts import Account, ensure_accounts, list_accounts
from baton_tracking.settings import AccountPasswords, load_accounts

# MLflow's migrations use a deprecated setting of Alembic.
pytestmark = pytest.mark.filterwarnings("ignore:No path_separator found:DeprecationWarning")

FIRST = AccountPasswords("a" * 20, "t" * 20, "i" * 20, "c" * 20, "churn_model")
SECOND = AccountPasswords("A" * 20, "t" * 20, "I" * 20, "c" * 20, "churn_model")


@pytest.fixture
def store(tmp_path: Path) -> SqlAlchemyStore:
    """An empty account store of MLflow."""
    store = SqlAlchemyStore()
    store.init_db(f"sqlite:///{tmp_path}/auth.db")  # type: ignore[no-untyped-call] # MLflow's
    return store


def test_first_start_creates_the_accounts(store: SqlAlchemyStore) -> None:
    """One administrator, two writers, one reader."""
    assert ensure_accounts(store, list_accounts("admin", FIRST)) == [
        "admin created",
        "trainer created",
        "inference created",
        "controller created",
    ]

    assert {user.username: user.is_admin for user in store.list_users()} == {
        "admin": True,
        "trainer": False,
        "inference": False,
        "controller": False,
    }
    assert store.authenticate_user("trainer", FIRST.trainer)


def test_a_second_start_changes_nothing(store: SqlAlchemyStore) -> None:
    ensure_accounts(store, list_accounts("admin", FIRST))

    assert ensure_accounts(store, list_accounts("admin", FIRST)) == []


def test_new_passwords_replace_old_ones(store: SqlAlchemyStore) -> None:
    """After a rotation or a restored backup."""
    ensure_accounts(store, list_accounts("admin", FIRST))

    changes = ensure_accounts(store, list_accounts("admin", SECOND))

    assert changes == ["admin has a new password", "inference has a new password"]
    assert store.authenticate_user("admin", SECOND.admin)
    assert not store.authenticate_user("admin", FIRST.admin)
    assert store.get_user("admin").is_admin


def test_other_accounts_do_not_change(store: SqlAlchemyStore) -> None:
    store.create_user("another", "another password")

    ensure_accounts(store, {"trainer": Account(FIRST.trainer)})

    assert store.authenticate_user("another", "another password")


def test_trainer_may_write_all_models_and_experiments(store: SqlAlchemyStore) -> None:
    """The controller may write one model, inference nothing."""
    ensure_accounts(store, list_accounts("admin", FIRST))

    def list_grants(name: str) -> set[tuple[str, str, str]]:
        roles = store.list_user_roles(store.get_user(name).id)
        return {
            (each.resource_type, each.resource_pattern, each.permission)
            for role in roles
            for each in role.permissions
        }

    assert list_grants("trainer") == {
        ("experiment", "*", "EDIT"),
        ("registered_model", "*", "EDIT"),
    }
    assert list_grants("controller") == {("registered_model", "churn_model", "EDIT")}
    assert list_grants("inference") == set()


def test_missing_password_is_an_error() -> None:
    environment = {"BATON_ADMIN_PASSWORD": "a" * 20, "BATON_INFERENCE_PASSWORD": "i" * 20}

    with pytest.raises(SettingsError, match="BATON_TRAINER_PASSWORD is not set"):
        load_accounts(environment)
