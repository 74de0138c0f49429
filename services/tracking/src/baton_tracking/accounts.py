"""Creates MLflow's accounts and updates their passwords from files.

It writes to the database through MLflow's store. That needs no earlier password, so it also works
after a restored backup or an interrupted rotation.
"""

import sys
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from mlflow.server.auth.config import read_auth_config
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy.exc import SQLAlchemyError

from baton_common.settings import SettingsError
from baton_common.texts import to_one_line
from baton_tracking.settings import AccountPasswords, load_accounts

TRAINER = "trainer"
INFERENCE = "inference"
CONTROLLER = "controller"
ALL = "*"
WRITABLE = (("experiment", ALL), ("registered_model", ALL))
"""What the trainer may write, including what is from before there were accounts."""


class Account(NamedTuple):
    """An account.

    Attributes:
        password: the password.
        is_admin: may do everything, including webhooks and accounts.
        writes: what it may write: a type of resource, and the name of one or `*`.
    """

    password: str
    is_admin: bool = False
    writes: tuple[tuple[str, str], ...] = ()


class Store(Protocol):
    """The part of MLflow's account store that is used."""

    def has_user(self, username: str) -> bool: ...

    def authenticate_user(self, username: str, password: str) -> bool: ...

    def create_user(self, username: str, password: str, is_admin: bool = ...) -> object: ...  # noqa: FBT001 - MLflow's signature

    def update_user(self, username: str, password: str = ..., is_admin: bool = ...) -> object: ...  # noqa: FBT001 - same

    def grant_user_permission(
        self, username: str, resource_type: str, resource_pattern: str, permission: str
    ) -> None: ...


def list_accounts(admin: str, passwords: AccountPasswords) -> dict[str, Account]:
    """Lists the accounts of a stack by name. Read access needs no grant."""
    return {
        admin: Account(passwords.admin, is_admin=True),
        TRAINER: Account(passwords.trainer, writes=WRITABLE),
        INFERENCE: Account(passwords.inference),
        # It sets aliases and tags. MLflow's EDIT also lets it register versions, but not delete
        # them, their tags, or aliases.
        CONTROLLER: Account(
            passwords.controller, writes=(("registered_model", passwords.model_name),)
        ),
    }


def ensure_accounts(store: Store, accounts: Mapping[str, Account]) -> list[str]:
    """Creates or updates these accounts, and returns the changes. Other accounts stay."""
    changes = []
    for name, account in accounts.items():
        if not store.has_user(name):
            store.create_user(name, account.password, is_admin=account.is_admin)
            changes.append(f"{name} created")
        elif not store.authenticate_user(name, account.password):
            store.update_user(name, password=account.password, is_admin=account.is_admin)
            changes.append(f"{name} has a new password")
        for kind, pattern in account.writes:
            store.grant_user_permission(name, kind, pattern, "EDIT")
    return changes


def main() -> int:
    """Runs the command and returns the exit code."""
    config = read_auth_config()
    store = SqlAlchemyStore()
    try:
        accounts = list_accounts(str(config.admin_username), load_accounts())
        store.init_db(config.database_uri)  # type: ignore[no-untyped-call] # MLflow's
        changes = ensure_accounts(store, accounts)
    except (SettingsError, SQLAlchemyError) as error:
        print(f"accounts: {to_one_line(error)}", file=sys.stderr)  # noqa: T201 - a command
        return 1
    print(f"accounts: {', '.join(changes) or 'up to date'}")  # noqa: T201 - same
    return 0


if __name__ == "__main__":
    sys.exit(main())
