"""With deploy/secure.yml each account and key has only the access that it needs."""

import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import grpc
import httpx
import pytest

from tests.stack.test_monitoring import list_targets
from tests.support.rig.grpc_caller import GrpcCaller
from tests.support.rig.process import LOCAL, find_free_port, wait_until
from tests.support.stack.attempts import list_attempts
from tests.support.stack.containers import BODY, MODEL, assert_confined
from tests.support.stack.grpc_calls import build_customer_request
from tests.support.stack.secure import SecureStack, build_authorization
from tests.support.stack.tls import negotiate_tls

POLL_INTERVAL_S = 20
"""So long that an earlier swap proves that the webhook works."""

EVERY_VERB = """
exits_with() { code=0; baton "${@:2}" || code=$?; [ "$code" = "$1" ]; }
baton rollout start "$OTHER" --force --reason "every verb"
baton rollout pause
exits_with 4 rollout status
baton rollout resume
baton rollout promote
baton rollout abort --reason enough
exits_with 5 rollout status
baton rollout start "$OTHER" --force
baton rollout promote --full
baton rollback
"""
"""One container runs them all: its start takes longer than a verb."""


@pytest.fixture(scope="module")
def secure_stack(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureStack]:
    """The stack after its first start, with credentials."""
    data = tmp_path_factory.mktemp("secure")
    data.chmod(0o755)
    stack = SecureStack(f"baton-secure-{os.getpid()}", data)
    stack.env["BATON_POLL_INTERVAL_S"] = str(POLL_INTERVAL_S)
    try:
        stack.up()
        stack.sign_in()
        yield stack
    finally:
        stack.http.close()
        stack.wipe()


def test_mlflow_requires_an_account(secure_stack: SecureStack) -> None:
    """Registry, artifacts and pages need an account."""
    for path in ("registered-models/search", "experiments/search", "webhooks", "users/list"):
        assert secure_stack.mlflow(None, "GET", f"mlflow/{path}").status_code == 401, path
    page = httpx.get(secure_stack.tracking_url, verify=secure_stack.trust, timeout=10)
    assert page.status_code == 401


def test_printed_credentials_work(secure_stack: SecureStack) -> None:
    """The administrator reads the registry; each key opens its routes."""
    found = secure_stack.mlflow(secure_stack.admin, "GET", "mlflow/registered-models/search")

    assert [each["name"] for each in found.json()["registered_models"]] == [MODEL]
    assert secure_stack.predict()[0] == "1"
    assert secure_stack.status()["state"] == "serving"


def test_keys_open_their_own_routes(secure_stack: SecureStack) -> None:
    """No key gives 401, the wrong key 403; health needs none."""
    with httpx.Client(base_url=secure_stack.inference_url, verify=secure_stack.trust) as http:
        assert http.post("/predict", json=BODY).status_code == 401
        assert http.get("/status").status_code == 401
        assert http.get("/readyz").status_code == 200
        operations, scoring = (
            build_authorization(secure_stack.operations),
            build_authorization(secure_stack.scoring),
        )
        assert http.post("/predict", json=BODY, headers=operations).status_code == 403
        assert http.get("/status", headers=scoring).status_code == 403


def test_grpc_requires_tls_and_a_key(secure_stack: SecureStack) -> None:
    """Readiness needs no key; plain gRPC fails."""
    key = (("authorization", f"Bearer {secure_stack.scoring}"),)
    address, certificate = secure_stack.grpc_address, secure_stack.certificate.encode()
    with GrpcCaller(address, trust=certificate) as caller:
        assert caller.call("ServerReady").ready
        with pytest.raises(grpc.RpcError) as caught:
            caller.call("ModelMetadata", name=MODEL)
        assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED
        answer = caller.infer(build_customer_request(caller, key), metadata=key)
        assert answer.model_version == secure_stack.predict()[0]
    with GrpcCaller(address) as plain, pytest.raises(grpc.RpcError) as caught:
        plain.call("ServerReady")
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("port", ["tracking_url", "inference_url"])
def test_ports_require_tls(secure_stack: SecureStack, port: str) -> None:
    """Clients must trust the certificate; TLS is 1.2 or newer; plain HTTP fails."""
    url: str = getattr(secure_stack, port)

    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{url}/health", timeout=10)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{url.replace('https', 'http')}/health", timeout=10)
    answer = httpx.get(f"{url}/health", verify=secure_stack.trust, timeout=10)
    assert "Strict-Transport-Security" not in answer.headers
    with pytest.raises(ssl.SSLError, match=r"(?i)protocol|alert"):
        negotiate_tls(url, ssl.TLSVersion.TLSv1_1)
    assert negotiate_tls(url, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"


def test_webhook_reports_moves_of_trainer_and_administrator(secure_stack: SecureStack) -> None:
    """The trainer's account can train and promote; a move in MLflow arrives at once."""
    assert secure_stack.train("--param", "C=0.05") == "2"
    secure_stack.baton("promote", "2", "--wait", "10")
    assert secure_stack.predict()[0] == "2"
    secure_stack.baton("rollback", "--wait", "10")
    assert secure_stack.predict()[0] == "1"

    secure_stack.move_alias(secure_stack.admin, "2").raise_for_status()

    took_s = wait_until(lambda: secure_stack.predict()[0] == "2", POLL_INTERVAL_S, "the move")
    assert took_s < POLL_INTERVAL_S / 2, "the webhook is faster than a poll"
    assert secure_stack.history()[-1]["how"] == "external"


def test_inference_account_changes_nothing(secure_stack: SecureStack) -> None:
    """It cannot change aliases, tags, versions, artifacts, webhooks or accounts."""
    thief = secure_stack.user("inference")
    attempts = list_attempts(secure_stack, thief)

    answers = [secure_stack.mlflow(thief, method, path, **body) for method, path, body in attempts]

    accepted = [
        f"{answer.status_code} {answer.request.method} {answer.request.url.path}"
        for answer in answers
        if answer.status_code != 403
    ]
    assert accepted == []


def test_controller_account_runs_every_verb(secure_stack: SecureStack) -> None:
    """It may set aliases and tags of the model, but delete nothing; that is no error."""
    serving = secure_stack.status()["serving"]["version"]
    other = {"1": "2", "2": "1"}[serving]
    run = ("run", "--rm", "--no-deps", "-T", "--entrypoint", "bash", "-e", f"OTHER={other}")
    secure_stack.docker(*run, "controller", "-euc", EVERY_VERB)

    how = [move["how"] for move in secure_stack.history()][-4:]
    assert how == ["rollout aborted", "promote", "rollout promoted", "rollback"]
    wait_until(
        lambda: secure_stack.status()["serving"]["version"] == serving, POLL_INTERVAL_S, "back"
    )
    controller = secure_stack.user("controller")
    one, model = {"name": MODEL, "version": "1"}, {"name": MODEL}
    for method, path, body in (
        ("DELETE", "registered-models/alias", {**model, "alias": "production"}),
        ("DELETE", "model-versions/delete", one),
        ("DELETE", "registered-models/delete", model),
        ("GET", "webhooks", {}),
    ):
        answer = secure_stack.mlflow(controller, method, f"mlflow/{path}", **body)
        assert answer.status_code == 403, path


def test_inference_account_can_create_its_own_objects(secure_stack: SecureStack) -> None:
    """It can create models, experiments and their artifacts, as SECURITY.md says.

    It can also list accounts.
    """
    thief = secure_stack.user("inference")

    model = secure_stack.mlflow(thief, "POST", "mlflow/registered-models/create", name="of-a-thief")
    experiment = secure_stack.mlflow(thief, "POST", "mlflow/experiments/create", name="of-a-thief")
    own = experiment.raise_for_status().json()["experiment_id"]
    file = secure_stack.mlflow(thief, "PUT", f"mlflow-artifacts/artifacts/{own}/file", any="bytes")

    assert model.status_code == file.status_code == 200
    assert secure_stack.mlflow(thief, "GET", "mlflow/users/list").status_code == 200


def test_every_container_is_confined(secure_stack: SecureStack) -> None:
    """The additional containers are confined, and each mounts only its own secrets."""
    containers = secure_stack.inspect()
    for each in containers:
        assert_confined(each)

    secrets = {
        each["Config"]["Labels"]["com.docker.compose.service"]: {
            mount["Destination"].removeprefix("/run/secrets/")
            for mount in each["Mounts"]
            if mount["Destination"].startswith("/run/secrets/") and not mount["RW"]
        }
        for each in containers
    }
    assert secrets == {
        "secrets": set(),
        "postgres": {"database"},
        "storage": {"store"},
        "upgrade": {"database"},
        "bucket": {"store"},
        "accounts": {"database", "admin", "trainer", "inference", "controller"},
        "tracking": {"database", "store", "tracking"},
        "bootstrap": {"webhook", "admin", "predictions"},
        "inference": {"webhook", "inference", "api-keys", "predictions"},
        "controller": {"controller", "operations"},
        "proxy": {"tls"},
    }


def test_no_secret_is_printed(secure_stack: SecureStack) -> None:
    """`docker inspect` and logs have no password or key."""
    output = str(secure_stack.inspect()) + secure_stack.docker("logs", "--no-color")

    for secret in (
        secure_stack.admin[1],
        secure_stack.scoring,
        secure_stack.operations,
        secure_stack.user("trainer")[1],
    ):
        assert secret not in output


def test_prometheus_has_the_operations_key(secure_stack: SecureStack) -> None:
    """The monitoring profile scrapes inference."""
    secure_stack.env["BATON_PROMETHEUS_PORT"] = str(port := find_free_port())
    monitoring = ["--profile", "monitoring"]
    secure_stack.docker(*monitoring, "up", "-d", "--wait", "--no-deps", "prometheus")

    def is_scraped() -> bool:
        return list(list_targets(f"http://{LOCAL}:{port}").values()) == ["up"]

    wait_until(is_scraped, 30, "inference is scraped")
    assert_confined(secure_stack.inspect("prometheus")[0])
    secure_stack.docker(*monitoring, "rm", "--stop", "--force", "prometheus")


def test_rotation_replaces_credentials(secure_stack: SecureStack) -> None:
    """Old accounts and keys are rejected, and the stack keeps working."""
    accounts = ("admin", "trainer", "inference", "controller")
    old, keys = secure_stack.users(*accounts), (secure_stack.scoring, secure_stack.operations)

    secure_stack.run("scripts/rotate-secrets", "accounts", "callers")
    secure_stack.sign_in()

    search = "mlflow/registered-models/search"
    assert [secure_stack.mlflow(user, "GET", search).status_code for user in old] == [401] * 4
    new = secure_stack.users(*accounts)
    assert [secure_stack.mlflow(user, "GET", search).status_code for user in new] == [200] * 4
    with httpx.Client(base_url=secure_stack.inference_url, verify=secure_stack.trust) as http:
        scored = http.post("/predict", json=BODY, headers=build_authorization(keys[0]))
        assert (
            scored.status_code
            == http.get("/status", headers=build_authorization(keys[1])).status_code
            == 401
        )
    # Its first poll may fail while the tracking server restarts.
    wait_until(
        lambda: secure_stack.status()["registry"]["reachable"],
        1.1 * POLL_INTERVAL_S + 5,
        "inference reaches the registry as its new account",
    )
    before, _ = secure_stack.predict()
    other = {"1": "2", "2": "1"}[before]
    secure_stack.baton("promote", other, "--wait", "10")  # the webhook is registered again
    assert secure_stack.predict()[0] == other


def test_own_certificate_replaces_the_generated_one(
    secure_stack: SecureStack, tmp_path: Path
) -> None:
    """Only the generated certificate rotates; the operator's certificate is served, with HSTS."""
    (tmp_path / "site.pem").write_text(secure_stack.secret("tls/site.pem"))
    tmp_path.chmod(0o755)
    own_trust, health = secure_stack.trust, f"{secure_stack.tracking_url}/health"
    credentials = (secure_stack.admin, secure_stack.scoring, secure_stack.operations)

    secure_stack.run(
        "scripts/rotate-secrets", "tls"
    )  # it ends with all one-shot services, like any start
    secure_stack.sign_in()
    assert (secure_stack.admin, secure_stack.scoring, secure_stack.operations) == credentials
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(health, verify=own_trust, timeout=10)

    secure_stack.env |= {"BATON_TLS_DIR": str(tmp_path), "BATON_HSTS_S": "60"}
    secure_stack.up("--no-deps", "proxy")
    answer = httpx.get(health, verify=own_trust, timeout=10)
    assert answer.headers["Strict-Transport-Security"] == "max-age=60"
