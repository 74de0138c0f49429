"""What the client makes of a server's answers."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from baton_registry import (
    AliasNotSet,
    InvalidModel,
    RegistryClient,
    RegistryError,
    RegistryRefused,
    RegistryUnavailable,
    VersionNotFound,
)
from tests.support.fakes.registry import ALIAS, MODEL, FakeMlflow, refusal

Handler = Callable[[httpx.Request], httpx.Response]


def client_of(handler: Handler) -> RegistryClient:
    return RegistryClient(
        "http://user:secret@registry", transport=httpx.MockTransport(handler), timeout_s=1
    )


def cut(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("connection reset", request=request)


@pytest.mark.parametrize(
    "handler",
    [
        cut,
        lambda _: httpx.Response(500, json={"error_code": "INTERNAL_ERROR"}),
        lambda _: httpx.Response(200, html="<html>a proxy's page</html>"),
        lambda _: httpx.Response(200, json=[]),
        lambda _: httpx.Response(200, json={}),
    ],
)
def test_no_usable_answer(handler: Handler) -> None:
    """A cut, a 5xx, a page and an empty answer are all: unavailable, in one line, no password."""
    with pytest.raises(RegistryUnavailable) as caught:
        client_of(handler).resolve_alias(MODEL, ALIAS)

    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_model_and_unset_alias_are_the_same_to_a_follower() -> None:
    """No such model and no such alias: both mean that nothing is to be served."""
    for status, code in ((404, "RESOURCE_DOES_NOT_EXIST"), (400, "INVALID_PARAMETER_VALUE")):
        answer = refusal(status, code, "not found")
        with pytest.raises(AliasNotSet, match=ALIAS):
            client_of(lambda _, answer=answer: answer).resolve_alias(MODEL, ALIAS)  # type: ignore[misc]


def test_a_refusal_says_why() -> None:
    """A 4xx carries the server's reason; one without JSON its status line."""
    with pytest.raises(RegistryRefused, match="no rights") as caught:
        client_of(lambda _: refusal(403, "PERMISSION_DENIED", "no\nrights")).get_model_tags(MODEL)
    assert (caught.value.status, caught.value.error_code) == (403, "PERMISSION_DENIED")

    with pytest.raises(RegistryRefused, match="401 Unauthorized"):
        client_of(lambda _: httpx.Response(401, text="who?")).resolve_alias(MODEL, ALIAS)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (httpx.Response(401, text="who?"), "MLFLOW_TRACKING_TOKEN"),
        (httpx.Response(403, text="Invalid Host header - possible DNS"), "ALLOWED_HOSTS"),
        (httpx.Response(404, html="<html>no such page</html>"), "with its path"),
        (httpx.Response(200, html="<html>log in</html>"), "with its path"),
    ],
)
def test_the_hint_fits_the_refusal(answer: httpx.Response, hint: str) -> None:
    """What stands before MLflow refuses in words of its own."""
    with pytest.raises(RegistryError, match=hint):
        client_of(lambda _: answer).resolve_alias(MODEL, ALIAS)


def test_versions_are_strings() -> None:
    """A version number is text, whatever the server sends."""
    version = {"name": MODEL, "version": 7, "source": "models:/m-7", "tags": []}
    client = client_of(lambda _: httpx.Response(200, json={"model_version": version}))

    assert client.resolve_alias(MODEL, ALIAS).version == "7"


def test_a_missing_version_is_named() -> None:
    """Asking for a version that is not there names it."""
    with pytest.raises(VersionNotFound, match="'7'"):
        FakeMlflow().client().get_version(MODEL, "7")


def test_artifacts_elsewhere_are_refused() -> None:
    """Files that the tracking server does not serve are not fetched from where they are."""
    server = FakeMlflow()
    server.add("1")
    version = server.client().get_version(MODEL, "1")
    elsewhere = client_of(lambda _: httpx.Response(200, json={"artifact_uri": "s3://bucket/x"}))

    with pytest.raises(InvalidModel, match="--serve-artifacts"):
        elsewhere.get_artifact_root(version)


class Trickle(httpx.SyncByteStream):
    """An answer that never ends, on a clock that each of its bytes moves by a second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time_s = 0.0
        monkeypatch.setattr("baton_registry.rest.transport.time.monotonic", lambda: self.time_s)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.time_s += 1
            yield b" "


def test_an_answer_that_trickles_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time-out holds for the whole answer, not only for each of its bytes."""
    stream = Trickle(monkeypatch)

    with pytest.raises(RegistryUnavailable, match="took over 1 s"):
        client_of(lambda _: httpx.Response(200, stream=stream)).resolve_alias(MODEL, ALIAS)
    assert stream.time_s < 5


def test_a_refused_alias_name_is_not_a_missing_version() -> None:
    """What MLflow says of an alias that it does not allow reaches the user."""
    answer = refusal(400, "INVALID_PARAMETER_VALUE", "Invalid alias name")
    client = client_of(lambda _: answer)

    with pytest.raises(RegistryRefused, match="Invalid alias name"):
        client.set_alias(MODEL, "v1", "1")
    with pytest.raises(VersionNotFound):
        client.get_version(MODEL, "not-a-number")


def test_a_model_that_basic_auth_hides_is_unknown() -> None:
    """There, an unknown model is a 403; one that is seen and still refused is a refusal."""
    seen: list[dict[str, str]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("model-versions/search"):
            return httpx.Response(200, json={"model_versions": seen})
        return httpx.Response(403, text="Permission denied")

    client = client_of(handle)
    with pytest.raises(AliasNotSet):
        client.resolve_alias(MODEL, ALIAS)
    assert client.get_model_tags(MODEL) == {}
    seen.append({"name": MODEL, "version": "1"})
    with pytest.raises(RegistryRefused, match="MLFLOW_TRACKING_USERNAME"):
        client.resolve_alias(MODEL, ALIAS)


def test_the_server_may_name_its_version() -> None:
    """What has no such page says nothing."""
    assert client_of(lambda _: httpx.Response(200, text="3.17.2")).get_server_version() == "3.17.2"
    assert client_of(lambda _: httpx.Response(404, text="no")).get_server_version() is None
    with pytest.raises(RegistryUnavailable):
        client_of(cut).get_server_version()
