"""MLflow's accounts: inference's only reads; the controller's runs rollouts and deletes nothing."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

from baton_registry.errors import RegistryRefused
from baton_registry.rest.access import RegistryAccess
from baton_registry.rest.client import RegistryClient
from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk
from tests.support.rig.process import wait_until
from tests.support.rig.tracking_server import TrackingServer

ADMIN = ("admin", "administrator-1234")
TRAINER = ("trainer", "trainer-password-1234")
READER = ("inference", "inference-password-1234")
CONTROLLER = ("controller", "controller-password-1234")


class ProtectedServer(TrackingServer):
    """A tracking server with basic-auth; every account may read."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.home = home
        self.command += ["--app-name", "basic-auth"]
        config = home / "basic_auth.ini"
        config.write_text(
            "[mlflow]\ndefault_permission = READ\n"
            f"database_uri = sqlite:///{home}/auth.db\nadmin_username = {ADMIN[0]}\n"
            "auth_cache_ttl_seconds = 60\n"  # otherwise each request hashes a password
            "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
        )
        self.env = {
            **self.env,
            "MLFLOW_AUTH_CONFIG_PATH": str(config),
            "MLFLOW_AUTH_ADMIN_PASSWORD": ADMIN[1],
            "MLFLOW_FLASK_SERVER_SECRET_KEY": "only-for-this-test",
        }

    def grant(self, name: str, model: str) -> None:
        """Grants EDIT on a model, as the stack's `accounts` service does."""
        store = SqlAlchemyStore()
        store.init_db(f"sqlite:///{self.home}/auth.db")  # type: ignore[no-untyped-call] # MLflow's
        store.grant_user_permission(name, "registered_model", model, "EDIT")

    def add_user(self, name: str, password: str) -> None:
        user = {"username": name, "password": password}
        url = f"{self.uri}/api/2.0/mlflow/users/create"
        httpx.post(url, json=user, auth=ADMIN, timeout=20).raise_for_status()


@pytest.fixture(scope="module")
def protected_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProtectedServer]:
    """The server with its four accounts."""
    server = ProtectedServer(tmp_path_factory.mktemp("protected"))
    server.start()
    for account in (TRAINER, READER, CONTROLLER):
        server.add_user(*account)
    yield server
    server.stop(limit_s=30)


def as_user(account: tuple[str, str]) -> dict[str, str]:
    return {"MLFLOW_TRACKING_USERNAME": account[0], "MLFLOW_TRACKING_PASSWORD": account[1]}


def test_stolen_account_changes_nothing(protected_server: ProtectedServer, tmp_path: Path) -> None:
    """The trainer trains and promotes; inference's account only reads."""
    desk = Desk(protected_server.uri, "churn_model", tmp_path, more_env=as_user(TRAINER))
    assert desk.train("--promote") == "1"
    with desk.serve(**as_user(READER)) as inference:
        inference.wait_until_serving("1")
        assert inference.predict([CUSTOMER])["model_version"] == "1"

        with RegistryClient(
            protected_server.uri, access=RegistryAccess(auth=READER), timeout_s=30
        ) as thief:
            version = thief.resolve_alias(desk.model, "production")
            for attempt in (
                lambda: thief.set_alias(desk.model, "production", "1"),
                lambda: thief.delete_alias(desk.model, "production"),
                lambda: thief.set_version_tag(desk.model, "1", "baton.gate", "passed"),
                lambda: thief.set_model_tag(desk.model, "note", "mine"),
                lambda: thief.create_version(
                    desk.model, source=version.source, run_id=version.run_id, tags={}
                ),
            ):
                with pytest.raises(RegistryRefused) as caught:
                    attempt()
                assert caught.value.status == 403
        assert overwrite_model(protected_server, desk, version.source).status_code == 403
        assert inference.predict([CUSTOMER])["model_version"] == "1"
        assert inference.status()["state"] == "serving"

    result = Desk(protected_server.uri, desk.model, tmp_path, more_env=as_user(READER)).try_baton(
        "promote", "1"
    )
    assert "already" in result.stdout  # nothing to move
    assert desk.history() == [(None, "1", "promote")]


# MLflow's migrations use a deprecated setting of Alembic.
@pytest.mark.filterwarnings("ignore:No path_separator found:DeprecationWarning")
def test_controller_account_runs_rollouts(
    protected_server: ProtectedServer, tmp_path: Path
) -> None:
    """It has EDIT on one model. Every verb works; what it may not delete stays, and is no error."""
    trainer = Desk(protected_server.uri, "rolled_model", tmp_path, more_env=as_user(TRAINER))
    trainer.train("--promote")
    with RegistryClient(protected_server.uri, access=RegistryAccess(auth=TRAINER)) as registry:
        first = registry.get_version(trainer.model, "1")
        for _ in range(2):
            registry.create_version(
                trainer.model, source=first.source, run_id=first.run_id, tags=first.tags
            )
    protected_server.grant(CONTROLLER[0], trainer.model)
    desk = Desk(protected_server.uri, trainer.model, tmp_path, more_env=as_user(CONTROLLER))

    desk.baton("rollout", "start", "2", "--reason", "better")
    desk.baton("rollout", "pause")
    desk.baton("rollout", "status", code=4)
    desk.baton("rollout", "resume")
    desk.baton("rollout", "promote")
    desk.baton("rollout", "abort", "--reason", "bad smell")
    desk.baton("rollout", "status", code=5)
    desk.baton("rollout", "start", "3")
    desk.baton("rollout", "promote", "--full")
    desk.baton("rollback")
    desk.baton("rollout", "start", "2", "--force")
    desk.baton("rollback", "--to", "3")

    hows = [how for _, _, how in desk.history()]
    assert hows == [
        "promote",
        "rollout aborted",
        "promote",
        "rollout promoted",
        "rollback",
        "rollout aborted",
        "rollback",
    ]
    with RegistryClient(protected_server.uri, access=RegistryAccess(auth=CONTROLLER)) as client:
        assert client.resolve_alias(desk.model, "canary").version == "2"
        assert client.resolve_alias(desk.model, "production").version == "3"
        with pytest.raises(RegistryRefused) as caught:
            client.delete_alias(desk.model, "canary")
        assert caught.value.status == 403
        with pytest.raises(RegistryRefused):
            client.set_model_tag("churn_model", "note", "mine")


def overwrite_model(server: ProtectedServer, desk: Desk, source: str) -> httpx.Response:
    """Tries to replace the ONNX file of the serving version."""
    with RegistryClient(server.uri, access=RegistryAccess(auth=READER), timeout_s=30) as thief:
        root = thief.get_artifact_root(thief.get_version(desk.model, "1"))
    url = f"{server.uri}/api/2.0/mlflow-artifacts/artifacts/{root}/model.onnx"
    return httpx.put(url, content=b"evil", auth=READER, timeout=20)


def test_missing_account_is_reported(protected_server: ProtectedServer, tmp_path: Path) -> None:
    """/status and `baton train` name the missing setting."""
    desk = Desk(protected_server.uri, "churn_model", tmp_path)
    with desk.serve() as inference:
        wait_until(lambda: inference.status()["registry"]["last_error"] is not None, 10, "error")
        assert "MLFLOW_TRACKING_USERNAME" in inference.status()["registry"]["last_error"]
    result = desk.try_baton("train")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
