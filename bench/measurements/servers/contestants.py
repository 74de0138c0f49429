"""The measured servers, their routes and the bodies of the requests."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bench.load.request import Request
from bench.peers.environments import build_peer_environment, install_alternatives
from bench.settings import ALTERNATIVES, PEERS, ROOT
from bench.testbed.bodies import MANY_ROWS
from bench.testbed.server import Server
from bench.testbed.testbed import MODEL, Testbed, find_free_port

FLOOR = "echo, plain uvicorn"
OWN_ECHO = "echo, Baton's HTTP server"
PREDICT = "Baton, /predict"
INVOCATIONS = "Baton, /invocations"
GRANIAN = "Baton under granian, /predict"
MLFLOW = "mlflow models serve"
LITSERVE = "LitServe"
BENTOML = "BentoML"
KSERVE = "KServe's Python server"
SPLIT, INSTANCES = "dataframe_split", "instances"

_SCRIPTS = ROOT / "bench" / "peers"
_MODEL_URI = f"models:/{MODEL}/1"
_LOCAL = ("--host", "127.0.0.1", "--port")


@dataclass(frozen=True)
class Line:
    """A line of a table: a route of a server and the body that it gets."""

    name: str
    request: Request


@dataclass(frozen=True)
class Contestant:
    """A server and its requests.

    Attributes:
        server: not yet started.
        one_row: lines with one row per request.
        many_rows: lines with a thousand rows per request.
    """

    server: Server
    one_row: tuple[Line, ...]
    many_rows: tuple[Line, ...] = ()


Factory = Callable[[Testbed], Awaitable[Contestant]]


def _create_server(
    testbed: Testbed,
    title: str,
    command: Callable[[int], tuple[str, ...]],
    folder: Path | None = None,
    **variables: str,
) -> Server:
    """Creates a server; its command gets a free port."""
    port = find_free_port()
    program = testbed.create_program(title, *command(port), env_dir=folder, **variables)
    return Server(program, port, testbed.lifeline)


async def create_echo_floor(testbed: Testbed) -> Contestant:
    """Plain uvicorn with its fastest parts and an application without a model."""
    server = _create_server(
        testbed,
        FLOOR,
        lambda port: (
            *(sys.executable, "-m", "uvicorn", "--loop", "uvloop", "--http", "httptools"),
            *("--no-access-log", "--log-level", "warning", "--lifespan", "off", *_LOCAL, str(port)),
            "bench.peers.echo:echo",
        ),
    )
    bodies = testbed.bodies
    return Contestant(server, (Line(FLOOR, Request(server.port, "/", bodies.one_instance)),))


async def create_own_echo(testbed: Testbed) -> Contestant:
    """Baton's HTTP server with the same application."""
    server = _create_server(
        testbed, OWN_ECHO, lambda port: (sys.executable, "-m", "bench.peers.own_echo", str(port))
    )
    bodies = testbed.bodies
    return Contestant(server, (Line(OWN_ECHO, Request(server.port, "/", bodies.one_instance)),))


async def create_baton(testbed: Testbed) -> Contestant:
    """Baton itself."""
    server = testbed.create_inference("Baton")
    return Contestant(
        server,
        (
            Line(PREDICT, Request(server.port, "/predict", testbed.bodies.one_instance)),
            Line(INVOCATIONS, Request(server.port, "/invocations", testbed.bodies.one_split)),
        ),
        _list_many_row_lines(INVOCATIONS, server, testbed),
    )


async def create_baton_under_granian(testbed: Testbed) -> Contestant:
    """Baton's application under another HTTP server."""
    libraries = await install_alternatives(ALTERNATIVES)
    server = _create_server(
        testbed,
        "granian",
        lambda port: (
            *(sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop"),
            *("--no-ws", "--workers", "1", "--factory", *_LOCAL, str(port)),
            "bench.peers.granian_app:app",
        ),
        PYTHONPATH=str(libraries),
    )
    line = Line(GRANIAN, Request(server.port, "/predict", testbed.bodies.one_instance))
    return Contestant(server, (line,))


async def create_mlflow_models_serve(testbed: Testbed) -> Contestant:
    """MLflow's own scoring server, started as its documentation says."""
    folder = await build_peer_environment("mlflow", testbed.model_requirements, PEERS)
    server = _create_server(
        testbed,
        MLFLOW,
        lambda port: (
            *("mlflow", "models", "serve", "--env-manager", "local"),
            *("--model-uri", _MODEL_URI, *_LOCAL, str(port)),
        ),
        folder,
    )
    line = Line(MLFLOW, Request(server.port, "/invocations", testbed.bodies.one_split))
    return Contestant(server, (line,), _list_many_row_lines(MLFLOW, server, testbed))


async def create_litserve(testbed: Testbed) -> Contestant:
    """LitServe."""
    folder = await build_peer_environment("litserve", testbed.model_requirements, PEERS)
    script = str(_SCRIPTS / "litserve_server.py")
    server = _create_server(
        testbed, LITSERVE, lambda port: ("python", script, _MODEL_URI, str(port)), folder
    )
    return Contestant(
        server, (Line(LITSERVE, Request(server.port, "/predict", testbed.bodies.one_instance)),)
    )


async def create_bentoml(testbed: Testbed) -> Contestant:
    """BentoML."""
    folder = await build_peer_environment("bentoml", testbed.model_requirements, PEERS)
    server = _create_server(
        testbed,
        BENTOML,
        lambda port: (
            *("bentoml", "serve", "bentoml_service:Churn", *_LOCAL, str(port)),
            *("--working-dir", str(_SCRIPTS), "--arg", f"model_uri={_MODEL_URI}"),
        ),
        folder,
        BENTOML_HOME=str(testbed.home.path / "bentoml"),
    )
    return Contestant(
        server, (Line(BENTOML, Request(server.port, "/predict", testbed.bodies.one_instance)),)
    )


async def create_kserve(testbed: Testbed) -> Contestant:
    """KServe's Python server with a custom model, which runs the version's ONNX file."""
    folder = await build_peer_environment("kserve", None, PEERS)
    model = testbed.home.path / "kserve.onnx"
    testbed.download("model.onnx", model)
    script = str(_SCRIPTS / "kserve_server.py")
    server = _create_server(
        testbed,
        KSERVE,
        lambda port: ("python", script, str(model), MODEL, str(port)),
        folder,
    )
    path = f"/v1/models/{MODEL}:predict"
    request = Request(server.port, path, testbed.bodies.one_instance)
    return Contestant(server, (Line(KSERVE, request),))


def _list_many_row_lines(name: str, server: Server, testbed: Testbed) -> tuple[Line, ...]:
    """Lists the lines for a thousand rows, in both row forms of MLflow's protocol."""
    forms = {SPLIT: testbed.bodies.many_split, INSTANCES: testbed.bodies.many_instances}
    return tuple(
        Line(f"{name}, {form}", Request(server.port, "/invocations", body, MANY_ROWS))
        for form, body in forms.items()
    )


BATON: tuple[Factory, ...] = (create_echo_floor, create_own_echo, create_baton)
ALL: tuple[Factory, ...] = (
    *BATON,
    create_baton_under_granian,
    create_mlflow_models_serve,
    create_litserve,
    create_bentoml,
    create_kserve,
)
