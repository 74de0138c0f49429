"""Stand-ins for what the service works with: a registry, models, a clock, a client."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows, Transposer
from baton_inference.app import create_app
from baton_inference.core import Core, create_core
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import Served
from baton_inference.lifecycle.status import RegistryStatus, ServingStatus, Status
from baton_inference.protocols.arrow.child import answer
from baton_inference.protocols.arrow.columnar import ArrowTable
from baton_inference.protocols.arrow.reader import request_for, table_of
from baton_inference.protocols.catalog import compile_codecs
from baton_inference.protocols.protocol import CodecParts
from baton_inference.scoring.workers import Pools
from baton_inference.settings import InferenceSettings
from baton_inference.web.answers.answer import ASGIApp, Message
from baton_inference.web.front import Front
from baton_inference.web.key_file import KeyFile
from baton_registry.errors import AliasNotSet, ArtifactNotFound
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.files import MAX_FILE_BYTES
from baton_registry.versions.manifest import MANIFEST_FILE, Manifest
from baton_registry.versions.model_version import CHECKSUM_TAG_PREFIX, MANIFEST_TAG, ModelVersion
from baton_registry.versions.signature import Column, Label, Signature

COLUMNS = (Column("x", "double"), Column("n", "long"), Column("note", "string", required=False))
SIGNATURE = Signature(COLUMNS, classes=("no", "yes"))
INSTANCE: dict[str, Any] = {"x": 0.5, "n": 1, "note": "a"}
GOOD_BODY = json.dumps({"instances": [INSTANCE]}).encode()
JSON = {"content-type": "application/json"}


# -- models ----------------------------------------------------------------------------------------


class SumModel:
    """The probability of the last class is a share that each model has of its own."""

    name = "sum"

    def __init__(self, share: float = 0.25, classes: tuple[Label, ...] = ("no", "yes")) -> None:
        self.share = share
        self.classes = classes

    def score(self, columns: Mapping[str, Array]) -> Scores:
        rows = len(next(iter(columns.values())))
        last = self.share > 0.5
        labels = np.array([self.classes[-1 if last else 0]] * rows)
        return Scores(labels, np.full((rows, 2), [1 - self.share, self.share], np.float32))

    def score_rows(self, rows: Rows) -> Scores:
        return self.score(Transposer(COLUMNS, {}).columns(rows))

    def score_parts(self, parts: Sequence[Mapping[str, Array] | Rows]) -> Scores:
        every = [
            part if isinstance(part, Mapping) else Transposer(COLUMNS, {}).columns(part)
            for part in parts
        ]
        joined = {c.name: np.concatenate([p[c.name].ravel() for p in every]) for c in COLUMNS}
        return self.score(joined)

    def limited(self, limit_s: float) -> AbstractContextManager[None]:
        return nullcontext()


class SlowModel(SumModel):
    """Runs `while_scoring` before it answers: a test may wait there, or let go."""

    def __init__(self, while_scoring: Callable[[], object]) -> None:
        super().__init__()
        self.while_scoring = while_scoring

    def score(self, columns: Mapping[str, Array]) -> Scores:
        self.while_scoring()
        return super().score(columns)


class ErrorModel(SumModel):
    """Fails on every row, with a text that repeats a value."""

    def score(self, columns: Mapping[str, Array]) -> Scores:
        raise ValueError(f"could not convert {columns['note'][0]!r}")


def open_fake_engine(fetched: FetchedModel) -> SumModel:
    """The model that a file's text asks for: `sum SHARE`, `error`; anything else is broken."""
    kind, _, share = fetched.onnx.decode().partition(" ")
    if kind == "sum":
        return SumModel(float(share), fetched.mlmodel.signature.classes or ("no", "yes"))
    if kind == "error":
        return ErrorModel()
    raise EngineError("the model is broken")


class NearReader:
    """Reads Arrow and Parquet in this process: quick, and gone with a body that is made for it."""

    def read(
        self, body: bytes, media_type: bytes, columns: Sequence[Column], max_rows: int
    ) -> ArrowTable:
        return table_of(answer(request_for(body, media_type, columns, max_rows)), max_rows)


def served(
    engine: SumModel | None = None,
    *,
    version: str = "1",
    signature: Signature = SIGNATURE,
    inline_rows: int = 64,
    max_rows: int = 10_000,
) -> Served:
    """A version in the slot."""
    engine = engine or SumModel()
    model = ModelVersion(
        "churn_model", version, run_id=f"run-{version}", source=f"models:/m-{version}"
    )
    codecs = compile_codecs(CodecParts(model, signature, engine.classes, NearReader(), max_rows))
    since = "2026-11-23T10:00:00.000Z"
    return Served(model, signature, engine, codecs, INSTANCE, inline_rows, "registry", since)


AT = "2026-11-23T10:00:00.000Z"
SERVING = Status(
    model_name="churn_model",
    alias="production",
    state="serving",
    aspired_version="3",
    serving=ServingStatus("3", "run-3", "onnx", "registry", AT),
    registry=RegistryStatus(reachable=True, last_success_at=AT),
    last_load_failure=None,
    swaps=0,
)

# -- registry --------------------------------------------------------------------------------------


class FakeRegistry(RegistryClient):
    """A registry in memory. `fault`, where set, is raised by every call."""

    def __init__(self) -> None:
        self.versions: dict[str, ModelVersion] = {}
        self.files: dict[str, dict[str, bytes]] = {}
        self.alias: str | None = None
        self.fault: Exception | None = None
        self.download_fault: Exception | None = None
        self.downloads: list[str] = []
        self.tags: dict[str, str] = {}
        self.while_downloading: Callable[[], object] = lambda: None

    def close(self) -> None:
        pass

    def resolve_alias(self, name: str, alias: str) -> ModelVersion:
        if self.fault:
            raise self.fault
        if self.alias is None:
            raise AliasNotSet("the alias is not set")
        return self.versions[self.alias]

    def model_tags(self, name: str) -> dict[str, str]:
        if self.fault:
            raise self.fault
        return self.tags

    def artifact_root(self, version: ModelVersion) -> str:
        return version.source

    def download(
        self, root: str, path: str, destination: Path, max_bytes: int = MAX_FILE_BYTES
    ) -> None:
        if fault := self.fault or self.download_fault:
            raise fault
        self.downloads.append(f"{root}/{path}")
        self.while_downloading()
        if path not in self.files[root]:
            raise ArtifactNotFound(f"the version has no file {path!r}")
        destination.write_bytes(self.files[root][path])

    def add(
        self,
        version: str,
        model: str = "sum 0.25",
        *,
        source: str | None = None,
        example: Any = None,
        record: Literal["manifest", "tags", "nothing"] = "manifest",
    ) -> ModelVersion:
        """Registers a version whose ONNX file holds the text `model`.

        `record` says what there is of its checksums: older versions have a tag for each file,
        those of plain MLflow nothing.
        """
        source = source or f"models:/m-{version}"
        files = {"MLmodel": mlmodel(SIGNATURE).encode(), "model.onnx": model.encode()}
        files["input_example.json"] = json.dumps(example or EXAMPLE).encode()
        digests = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
        tags = {}
        if record == "manifest":
            files[MANIFEST_FILE] = manifest = Manifest(files=digests).to_json()
            tags = {MANIFEST_TAG: hashlib.sha256(manifest).hexdigest()}
        elif record == "tags":
            tags = {CHECKSUM_TAG_PREFIX + path: digest for path, digest in digests.items()}
        registered = ModelVersion(
            "churn_model", version, f"run-{version}", source, "READY", MappingProxyType(tags)
        )
        self.versions[version] = registered
        self.files[source] = files
        return registered


EXAMPLE = {"columns": ["x", "n", "note"], "data": [[0.5, 1, None], [1.5, 2, "b"]]}


def mlmodel(signature: Signature) -> str:
    """An MLmodel file (JSON is YAML too)."""
    inputs = [{"name": c.name, "type": c.type, "required": c.required} for c in signature.columns]
    document = {
        "flavors": {"onnx": {"data": "model.onnx"}},
        "signature": {"inputs": json.dumps(inputs)},
        "saved_input_example_info": {"artifact_path": "input_example.json"},
        "metadata": {"baton": {"classes": list(signature.classes or ())}},
    }
    return json.dumps(document)


class HandClock:
    """A clock that moves only by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def clock(self) -> Clock:
        """What the service reads: both clocks show the same."""
        return Clock(steady_s=lambda: self.now_s, posix_s=lambda: self.now_s)


def settings(cache_dir: Path, **values: Any) -> InferenceSettings:
    """Settings as if from the environment."""
    return InferenceSettings.model_validate({"BATON_CACHE_DIR": str(cache_dir), **values})


# -- a client --------------------------------------------------------------------------------------


@dataclass
class Response:
    """What an ASGI application sent."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


@dataclass
class Request:
    """A request. `pieces` are its body's; `is_cut` ends it by a disconnect instead."""

    method: str
    path: str
    pieces: Sequence[bytes] = (b"",)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False


def post(path: str, *pieces: bytes, **headers: str) -> Request:
    """A POST of JSON, unless `content_type` says otherwise."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", path, pieces, {**JSON, **named})


async def acall(app: ASGIApp, request: Request) -> Response:
    """Sends one request."""
    last = len(request.pieces) - 1
    messages: list[Message] = [
        {"type": "http.request", "body": piece, "more_body": request.is_cut or number < last}
        for number, piece in enumerate(request.pieces)
    ]
    response = Response()

    async def receive() -> Message:
        if messages:
            return messages.pop(0)
        if request.is_cut:
            return {"type": "http.disconnect"}
        return await asyncio.Future()  # a client that waits for its answer

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            response.status = message["status"]
            response.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        response.body += message.get("body", b"")

    await app(_scope(request), receive, send)
    return response


def call(app: ASGIApp, request: Request) -> Response:
    """Sends one request, in an event loop of its own."""
    return asyncio.run(acall(app, request))


def get(app: ASGIApp, path: str) -> Response:
    """A plain GET."""
    return call(app, Request("GET", path))


def _scope(request: Request) -> dict[str, Any]:
    headers = [(k.lower().encode(), v.encode("latin-1")) for k, v in request.headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }


def make_app(
    cache_dir: Path,
    version: Served | None = None,
    *,
    keys: KeyFile | None = None,
    **values: Any,
) -> tuple[Front, Core]:
    """The application around a core whose slot holds `version`; `values` are settings."""
    chosen = settings(cache_dir, **values)
    core = create_core(chosen, registry=FakeRegistry(), open_engine=open_fake_engine)
    if version is not None:
        core.live.swap(version)
    return create_app(chosen, core, Pools(), keys), core
