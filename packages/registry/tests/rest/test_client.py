"""How the client reads the answers of a server."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from baton_registry.errors import (
    AliasNotSet,
    InvalidModel,
    RegistryError,
    RegistryRefused,
    RegistryUnavailable,
    VersionNotFound,
)
from baton_registry.rest.client import RegistryClient
from tests.support.fakes.registry import ALIAS, MODEL, FakeMlflow, build_refusal

Handler = Callable[[httpx.Request], httpx.Response]


def create_client(handler: Handler) -> RegistryClient:
    return RegistryClient(
        "http://user:secret@registry", transport=httpx.MockTransport(handler), timeout_s=1
    )


def reset_connection(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("connection reset", request=request)


@pytest.mark.parametrize(
    "handler",
    [
        reset_connection,
        lambda _: httpx.Response(500, json={"error_code": "INTERNAL_ERROR"}),
        lambda _: httpx.Response(200, html="<html>a proxy's page</html>"),
        lambda _: httpx.Response(200, json=[]),
        lambda _: httpx.Response(200, json={}),
    ],
)
def test_no_usable_answer(handler: Handler) -> None:
    """The error is one line and does not show the password."""
    with pytest.raises(RegistryUnavailable) as caught:
        create_client(handler).resolve_alias(MODEL, ALIAS)

    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_model_counts_as_an_unset_alias() -> None:
    for status, code in ((404, "RESOURCE_DOES_NOT_EXIST"), (400, "INVALID_PARAMETER_VALUE")):
        answer = build_refusal(status, code, "not found")
        with pytest.raises(AliasNotSet, match=ALIAS):
            create_client(lambda _, answer=answer: answer).resolve_alias(MODEL, ALIAS)  # type: ignore[misc]


def test_refusal_has_the_servers_reason() -> None:
    """Without JSON, the status line."""
    with pytest.raises(RegistryRefused, match="no rights") as caught:
        create_client(
            lambda _: build_refusal(403, "PERMISSION_DENIED", "no\nrights")
        ).get_model_tags(MODEL)
    assert (caught.value.status, caught.value.error_code) == (403, "PERMISSION_DENIED")

    with pytest.raises(RegistryRefused, match="401 Unauthorized"):
        create_client(lambda _: httpx.Response(401, text="who?")).resolve_alias(MODEL, ALIAS)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (httpx.Response(401, text="who?"), "MLFLOW_TRACKING_TOKEN"),
        (httpx.Response(403, text="Invalid Host header - possible DNS"), "ALLOWED_HOSTS"),
        (httpx.Response(404, html="<html>no such page</html>"), "with its path"),
        (httpx.Response(200, html="<html>log in</html>"), "with its path"),
    ],
)
def test_hint_depends_on_the_refusal(answer: httpx.Response, hint: str) -> None:
    """A proxy before MLflow has its own texts."""
    with pytest.raises(RegistryError, match=hint):
        create_client(lambda _: answer).resolve_alias(MODEL, ALIAS)


def test_versions_are_strings() -> None:
    version = {"name": MODEL, "version": 7, "source": "models:/m-7", "tags": []}
    client = create_client(lambda _: httpx.Response(200, json={"model_version": version}))

    assert client.resolve_alias(MODEL, ALIAS).version == "7"


def test_error_names_the_missing_version() -> None:
    with pytest.raises(VersionNotFound, match="'7'"):
        FakeMlflow().client().get_version(MODEL, "7")


def test_artifacts_outside_of_the_tracking_server_are_refused() -> None:
    server = FakeMlflow()
    server.add("1")
    version = server.client().get_version(MODEL, "1")
    elsewhere = create_client(lambda _: httpx.Response(200, json={"artifact_uri": "s3://bucket/x"}))

    with pytest.raises(InvalidModel, match="--serve-artifacts"):
        elsewhere.get_artifact_root(version)


class Trickle(httpx.SyncByteStream):
    """An endless answer. Each byte advances the clock by one second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time_s = 0.0
        monkeypatch.setattr("baton_registry.rest.transport.time.monotonic", lambda: self.time_s)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.time_s += 1
            yield b" "


def test_time_out_covers_the_whole_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only each read."""
    stream = Trickle(monkeypatch)

    with pytest.raises(RegistryUnavailable, match="took over 1 s"):
        create_client(lambda _: httpx.Response(200, stream=stream)).resolve_alias(MODEL, ALIAS)
    assert stream.time_s < 5


def test_invalid_alias_name_is_not_a_missing_version() -> None:
    """MLflow's message reaches the user."""
    answer = build_refusal(400, "INVALID_PARAMETER_VALUE", "Invalid alias name")
    client = create_client(lambda _: answer)

    with pytest.raises(RegistryRefused, match="Invalid alias name"):
        client.set_alias(MODEL, "v1", "1")
    with pytest.raises(VersionNotFound):
        client.get_version(MODEL, "not-a-number")


def test_model_hidden_by_basic_auth_is_unknown() -> None:
    """MLflow answers 403 for an unknown model. A 403 for a readable model is a refusal."""
    readable: list[dict[str, str]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("model-versions/search"):
            return httpx.Response(200, json={"model_versions": readable})
        return httpx.Response(403, text="Permission denied")

    client = create_client(handle)
    with pytest.raises(AliasNotSet):
        client.resolve_alias(MODEL, ALIAS)
    assert client.get_model_tags(MODEL) == {}
    readable.append({"name": MODEL, "version": "1"})
    with pytest.raises(RegistryRefused, match="MLFLOW_TRACKING_USERNAME"):
        client.resolve_alias(MODEL, ALIAS)


def test_server_version() -> None:
    """None if the server has no such page."""
    assert (
        create_client(lambda _: httpx.Response(200, text="3.17.2")).get_server_version() == "3.17.2"
    )
    assert create_client(lambda _: httpx.Response(404, text="no")).get_server_version() is None
    with pytest.raises(RegistryUnavailable):
        create_client(reset_connection).get_server_version()


def test_messages_name_the_setting_of_the_address() -> None:
    """An option of the command line may set it, and its credentials are in the address."""
    for handler in (reset_connection, lambda _: httpx.Response(401, text="who are you?")):
        transport = httpx.MockTransport(handler)
        with (
            RegistryClient("http://other", transport=transport, setting="--from") as client,
            pytest.raises(RegistryError, match="--from") as caught,
        ):
            client.resolve_alias(MODEL, ALIAS)
        assert "MLFLOW" not in str(caught.value)


@pytest.mark.parametrize("code", ["BAD_REQUEST", "PERMISSION_DENIED"])
def test_a_tag_that_another_client_inserts_at_the_same_moment_is_set(code: str) -> None:
    """The database refuses the second insert. Other refusals stay."""
    endpoints: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        endpoints.append(request.url.path.rpartition("mlflow/")[2])
        if endpoints.count(endpoints[-1]) == 1:
            text = "(sqlite3.IntegrityError) UNIQUE constraint failed"
            return httpx.Response(400, json={"error_code": code, "message": text})
        return httpx.Response(200, json={})

    client = create_client(handler)
    writes: list[Callable[[], None]] = [
        lambda: client.set_version_tag("m", "1", "key", "value"),
        lambda: client.set_model_tag("m", "key", "value"),
        lambda: client.set_alias("m", "canary", "1"),
    ]
    for write in writes:
        if code == "BAD_REQUEST":
            write()
        else:
            with pytest.raises(RegistryRefused):
                write()
    assert len(endpoints) == (6 if code == "BAD_REQUEST" else 3)
