"""MLflow's accounts as the files of passwords say: made where they lack, renewed where they differ.

It writes through MLflow's own store into the database, and asks no server: that needs no password
that held before, so a restored backup and a rotation that was cut short end up right as well.
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
WRITABLE = ("experiment", "registered_model")
"""What the trainer may write whoever made it: also what was there before accounts were."""


class Account(NamedTuple):
    """One account that shall be there.

    Attributes:
        password: what shall open it.
        is_admin: may do everything, webhooks and accounts included.
        writes: types of things of which it may write all.
    """

    password: str
    is_admin: bool = False
    writes: tuple[str, ...] = ()


class Store(Protocol):
    """The part of MLflow's store of accounts that is used."""

    def has_user(self, username: str) -> bool: ...

    def authenticate_user(self, username: str, password: str) -> bool: ...

    def create_user(self, username: str, password: str, is_admin: bool = ...) -> object: ...  # noqa: FBT001 - MLflow's signature

    def update_user(self, username: str, password: str = ..., is_admin: bool = ...) -> object: ...  # noqa: FBT001 - same

    def grant_user_permission(
        self, username: str, resource_type: str, resource_pattern: str, permission: str
    ) -> None: ...


def list_accounts(admin: str, passwords: AccountPasswords) -> dict[str, Account]:
    """The accounts that a stack has, by name; who reads only needs no grant."""
    return {
        admin: Account(passwords.admin, is_admin=True),
        TRAINER: Account(passwords.trainer, writes=WRITABLE),
        INFERENCE: Account(passwords.inference),
    }


def ensure_accounts(store: Store, accounts: Mapping[str, Account]) -> list[str]:
    """Makes the store hold these accounts, and leaves all others alone; says what was done."""
    done = []
    for name, account in accounts.items():
        if not store.has_user(name):
            store.create_user(name, account.password, is_admin=account.is_admin)
            done.append(f"{name} made")
        elif not store.authenticate_user(name, account.password):
            store.update_user(name, password=account.password, is_admin=account.is_admin)
            done.append(f"{name} has a new password")
        for kind in account.writes:
            store.grant_user_permission(name, kind, "*", "EDIT")
    return done


def main() -> int:
    """The exit code."""
    config = read_auth_config()
    store = SqlAlchemyStore()
    try:
        accounts = list_accounts(str(config.admin_username), load_accounts())
        store.init_db(config.database_uri)  # type: ignore[no-untyped-call] # MLflow's
        done = ensure_accounts(store, accounts)
    except (SettingsError, SQLAlchemyError) as error:
        print(f"accounts: {to_one_line(error)}", file=sys.stderr)  # noqa: T201 - a command
        return 1
    print(f"accounts: {', '.join(done) or 'as they should be'}")  # noqa: T201 - same
    return 0


if __name__ == "__main__":
    sys.exit(main())
