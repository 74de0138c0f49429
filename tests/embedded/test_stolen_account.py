"""A stolen account of inference can read, but not change a served version."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from baton_registry import RegistryClient, RegistryRefused
from baton_registry.rest.access import RegistryAccess
from tests.support.bodies.customer import CUSTOMER
from tests.support.rig.desk import Desk
from tests.support.rig.process import wait_until
from tests.support.rig.tracking_server import TrackingServer

ADMIN = ("admin", "administrator-1234")
TRAINER = ("trainer", "trainer-password-1234")
READER = ("inference", "inference-password-1234")


class ProtectedServer(TrackingServer):
    """A tracking server with basic-auth; every account may read."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
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

    def add_user(self, name: str, password: str) -> None:
        user = {"username": name, "password": password}
        url = f"{self.uri}/api/2.0/mlflow/users/create"
        httpx.post(url, json=user, auth=ADMIN, timeout=20).raise_for_status()


@pytest.fixture(scope="module")
def protected_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProtectedServer]:
    """The server with its three accounts."""
    server = ProtectedServer(tmp_path_factory.mktemp("protected"))
    server.start()
    for account in (TRAINER, READER):
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
