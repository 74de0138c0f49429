"""An in-memory tracking server for the real client, with the REST API that Baton uses.

`tests/embedded` tests the client against the real server.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from baton_registry.rest.client import RegistryClient
from baton_registry.versions.manifest import Manifest

MODEL = "churn_model"
ALIAS = "production"
PASSED = {"baton.gate": "passed"}

Body = dict[str, Any]


def build_mlmodel(*columns: tuple[str, str, bool], classes: tuple[str, ...] = ("No", "Yes")) -> str:
    """Builds an MLmodel file with an ONNX flavour and columns of (name, type, required)."""
    inputs = [{"name": n, "type": t, "required": r} for n, t, r in columns]
    document = {
        "flavors": {"onnx": {"data": "model.onnx"}},
        "signature": {"inputs": json.dumps(inputs)},
        "metadata": {"baton": {"classes": list(classes)}},
    }
    return json.dumps(document)  # JSON is YAML


def compute_sha256(content: str | bytes) -> str:
    """Computes the checksum of a file's content."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def build_manifest(files: Mapping[str, str | bytes], **facts: Any) -> str:
    """Builds the manifest of these files, with more fields from `facts`."""
    listed = {path: compute_sha256(content) for path, content in files.items()}
    return Manifest(files=listed, **facts).to_json().decode()


def build_older_tags(files: Mapping[str, str | bytes]) -> dict[str, str]:
    """Builds the checksum tags of versions without a manifest."""
    return {f"baton.sha256.{path}": compute_sha256(content) for path, content in files.items()}


class FakeMlflow(httpx.BaseTransport):
    """A tracking server in memory.

    The endpoints in `fail_on` answer 503, those in `forbidden` answer 403.
    """

    def __init__(self) -> None:
        self.versions: dict[str, Body] = {}
        self.aliases: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.fail_on: set[tuple[str, str]] = set()
        self.forbidden: set[tuple[str, str]] = set()
        self.log: list[tuple[str, str]] = []
        self.artifact_uri = "mlflow-artifacts:/{version}"
        self.listed: list[Body] | None = None  # what every folder seems to contain
        self.webhooks: dict[str, Body] = {}
        self.page_size = 100

    def client(self) -> RegistryClient:
        return RegistryClient("http://registry", transport=self)

    def add(self, version: str, tags: dict[str, str] | None = None, **files: str) -> None:
        """Registers a version, with its files by name: `MLmodel="…"`."""
        self.versions[version] = {
            "name": MODEL,
            "version": version,
            "run_id": f"run-{version}",
            "source": f"models:/m-{version}",
            "status": "READY",
            "tags": [{"key": k, "value": v} for k, v in (PASSED if tags is None else tags).items()],
        }
        self.files |= {f"{version}/{path}": text.encode() for path, text in files.items()}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        endpoint = request.url.path.removeprefix("/api/2.0/mlflow/")
        if endpoint == "/api/2.0/mlflow-artifacts/artifacts":
            return self._list_files(request.url.params["path"])
        if endpoint.startswith("/"):
            return self._file(endpoint.removeprefix("/api/2.0/mlflow-artifacts/artifacts/"))
        sent = json.loads(request.read() or b"{}") or dict(request.url.params)
        self.log.append((request.method, endpoint))
        if (request.method, endpoint) in self.fail_on:
            return httpx.Response(503)
        if (request.method, endpoint) in self.forbidden:
            return build_refusal(403, "PERMISSION_DENIED", "Permission denied")
        if endpoint.startswith("webhooks"):
            return self._webhooks(
                request.method, endpoint.removeprefix("webhooks").strip("/"), sent
            )
        return self._ROUTES[request.method, endpoint](self, sent)

    def _file(self, path: str) -> httpx.Response:
        if path in self.files:
            return httpx.Response(200, content=self.files[path])
        return httpx.Response(404, json={"error_code": "RESOURCE_DOES_NOT_EXIST"})

    def _list_files(self, folder: str) -> httpx.Response:
        start = f"{folder}/"
        below = [path.removeprefix(start) for path in self.files if path.startswith(start)]
        names = {path.partition("/")[0]: "/" in path for path in below}
        found = [{"path": name, "is_dir": is_folder} for name, is_folder in names.items()]
        return httpx.Response(200, json={"files": found if self.listed is None else self.listed})

    def _get_version(self, sent: Body) -> httpx.Response:
        if sent["version"] not in self.versions:
            return build_refusal(404, "RESOURCE_DOES_NOT_EXIST", "Model Version not found")
        return httpx.Response(200, json={"model_version": self.versions[sent["version"]]})

    def _get_alias(self, sent: Body) -> httpx.Response:
        if sent["alias"] not in self.aliases:
            return build_refusal(
                400, "INVALID_PARAMETER_VALUE", "Registered model alias not found."
            )
        return self._get_version({"version": self.aliases[sent["alias"]]})

    def _set_alias(self, sent: Body) -> httpx.Response:
        if sent["version"] not in self.versions:
            return build_refusal(404, "RESOURCE_DOES_NOT_EXIST", "Model Version not found")
        self.aliases[sent["alias"]] = sent["version"]
        return httpx.Response(200, json={})

    def _delete_alias(self, sent: Body) -> httpx.Response:
        self.aliases.pop(sent["alias"], None)
        return httpx.Response(200, json={})

    def _set_version_tag(self, sent: Body) -> httpx.Response:
        if sent["version"] not in self.versions:
            return build_refusal(404, "RESOURCE_DOES_NOT_EXIST", "Model Version not found")
        tags = self.get_version_tags(sent["version"]) | {sent["key"]: sent["value"]}
        rows = [{"key": key, "value": value} for key, value in tags.items()]
        self.versions[sent["version"]]["tags"] = rows
        return httpx.Response(200, json={})

    def get_version_tags(self, version: str) -> dict[str, str]:
        """Returns the tags of a version."""
        return {tag["key"]: tag["value"] for tag in self.versions[version]["tags"]}

    def _get_model(self, sent: Body) -> httpx.Response:
        tags = [{"key": key, "value": value} for key, value in self.tags.items()]
        return httpx.Response(200, json={"registered_model": {"name": MODEL, "tags": tags}})

    def _set_tag(self, sent: Body) -> httpx.Response:
        self.tags[sent["key"]] = sent["value"]
        return httpx.Response(200, json={})

    def _delete_tag(self, sent: Body) -> httpx.Response:
        self.tags.pop(sent["key"], None)
        return httpx.Response(200, json={})

    def _download_uri(self, sent: Body) -> httpx.Response:
        uri = self.artifact_uri.format(version=sent["version"])
        return httpx.Response(200, json={"artifact_uri": uri})

    def _webhooks(self, method: str, webhook_id: str, sent: Body) -> httpx.Response:
        if method == "GET":
            start = int(sent.get("page_token", 0))
            end = start + self.page_size
            fields = ("webhook_id", "name", "url")  # without the secret
            page: Body = {
                "webhooks": [
                    {field: row[field] for field in fields}
                    for row in [*self.webhooks.values()][start:end]
                ]
            }
            if end < len(self.webhooks):
                page["next_page_token"] = str(end)
            return httpx.Response(200, json=page)
        if method == "DELETE":
            del self.webhooks[webhook_id]
            return httpx.Response(200, json={})
        webhook_id = webhook_id if method == "PATCH" else f"w-{len(self.webhooks) + 1}"
        row = {**self.webhooks.get(webhook_id, {}), **sent, "webhook_id": webhook_id}
        self.webhooks[webhook_id] = row
        return httpx.Response(200, json={"webhook": row})

    _ROUTES: dict[tuple[str, str], Callable[["FakeMlflow", Body], httpx.Response]] = {  # noqa: RUF012
        ("GET", "model-versions/get"): _get_version,
        ("GET", "model-versions/get-download-uri"): _download_uri,
        ("GET", "registered-models/alias"): _get_alias,
        ("POST", "registered-models/alias"): _set_alias,
        ("DELETE", "registered-models/alias"): _delete_alias,
        ("POST", "model-versions/set-tag"): _set_version_tag,
        ("GET", "registered-models/get"): _get_model,
        ("POST", "registered-models/set-tag"): _set_tag,
        ("DELETE", "registered-models/delete-tag"): _delete_tag,
    }


def build_refusal(status: int, code: str, message: str) -> httpx.Response:
    """Builds a 4xx as MLflow answers it."""
    return httpx.Response(status, json={"error_code": code, "message": message})


class Clock:
    """A clock for tests. Each reading advances it by one second."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.pass_s(1)
        return self.time

    def pass_s(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
