"""Who is measured: servers, and which of their routes gets which body."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bench.load.request import Request
from bench.peers.environments import peer_environment, tried_libraries
from bench.settings import PEERS, ROOT, TRIED
from bench.testbed.bodies import MANY_ROWS
from bench.testbed.server import Server
from bench.testbed.testbed import MODEL, Stage, free_port

FLOOR = "echo floor"
PREDICT = "Baton, /predict"
INVOCATIONS = "Baton, /invocations"
GRANIAN = "Baton under granian, /predict"
MLFLOW = "mlflow models serve"
LITSERVE = "LitServe"
BENTOML = "BentoML"
SPLIT, INSTANCES = "dataframe_split", "instances"

_SCRIPTS = ROOT / "bench" / "peers"
_MODEL_URI = f"models:/{MODEL}/1"
_LOCAL = ("--host", "127.0.0.1", "--port")


@dataclass(frozen=True)
class Line:
    """A line of a table: one route of a server, given one body."""

    name: str
    request: Request


@dataclass(frozen=True)
class Contestant:
    """A server and what it is asked.

    Attributes:
        server: not started yet.
        one_row: lines with one row a request.
        many_rows: lines with a thousand.
    """

    server: Server
    one_row: tuple[Line, ...]
    many_rows: tuple[Line, ...] = ()


Maker = Callable[[Stage], Awaitable[Contestant]]


def _server(
    place: Stage,
    title: str,
    command: Callable[[int], tuple[str, ...]],
    folder: Path | None = None,
    **variables: str,
) -> Server:
    """A server on a free port, of which its command is told."""
    port = free_port()
    program = place.program(title, *command(port), env_dir=folder, **variables)
    return Server(program, port, place.lifeline)


async def echo_floor(place: Stage) -> Contestant:
    """The product's HTTP server without the product."""
    server = _server(
        place, FLOOR, lambda port: (sys.executable, "-m", "bench.peers.floor", str(port))
    )
    bodies = place.bodies
    return Contestant(server, (Line(FLOOR, Request(server.port, "/", bodies.one_instance)),))


async def baton(place: Stage) -> Contestant:
    """The product."""
    server = place.inference("Baton")
    return Contestant(
        server,
        (
            Line(PREDICT, Request(server.port, "/predict", place.bodies.one_instance)),
            Line(INVOCATIONS, Request(server.port, "/invocations", place.bodies.one_split)),
        ),
        _mlflow_many(INVOCATIONS, server, place),
    )


async def baton_under_granian(place: Stage) -> Contestant:
    """The product's application under another HTTP server."""
    libraries = await tried_libraries(TRIED)
    server = _server(
        place,
        "granian",
        lambda port: (
            *(sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop"),
            *("--no-ws", "--workers", "1", "--factory", *_LOCAL, str(port)),
            "bench.peers.granian_app:app",
        ),
        PYTHONPATH=str(libraries),
    )
    line = Line(GRANIAN, Request(server.port, "/predict", place.bodies.one_instance))
    return Contestant(server, (line,))


async def mlflow_models_serve(place: Stage) -> Contestant:
    """MLflow's own scoring server, as its documentation starts it."""
    folder = await peer_environment("mlflow", place.model_requirements, PEERS)
    server = _server(
        place,
        MLFLOW,
        lambda port: (
            *("mlflow", "models", "serve", "--env-manager", "local"),
            *("--model-uri", _MODEL_URI, *_LOCAL, str(port)),
        ),
        folder,
    )
    line = Line(MLFLOW, Request(server.port, "/invocations", place.bodies.one_split))
    return Contestant(server, (line,), _mlflow_many(MLFLOW, server, place))


async def litserve(place: Stage) -> Contestant:
    """LitServe."""
    folder = await peer_environment("litserve", place.model_requirements, PEERS)
    script = str(_SCRIPTS / "litserve_server.py")
    server = _server(
        place, LITSERVE, lambda port: ("python", script, _MODEL_URI, str(port)), folder
    )
    return Contestant(
        server, (Line(LITSERVE, Request(server.port, "/predict", place.bodies.one_instance)),)
    )


async def bentoml(place: Stage) -> Contestant:
    """BentoML."""
    folder = await peer_environment("bentoml", place.model_requirements, PEERS)
    server = _server(
        place,
        BENTOML,
        lambda port: (
            *("bentoml", "serve", "bentoml_service:Churn", *_LOCAL, str(port)),
            *("--working-dir", str(_SCRIPTS), "--arg", f"model_uri={_MODEL_URI}"),
        ),
        folder,
        BENTOML_HOME=str(place.home.path / "bentoml"),
    )
    return Contestant(
        server, (Line(BENTOML, Request(server.port, "/predict", place.bodies.one_instance)),)
    )


def _mlflow_many(name: str, server: Server, place: Stage) -> tuple[Line, ...]:
    """A thousand rows in both forms that MLflow's protocol has for rows."""
    forms = {SPLIT: place.bodies.many_split, INSTANCES: place.bodies.many_instances}
    return tuple(
        Line(f"{name}, {form}", Request(server.port, "/invocations", body, MANY_ROWS))
        for form, body in forms.items()
    )


PRODUCT: tuple[Maker, ...] = (echo_floor, baton)
ALL: tuple[Maker, ...] = (*PRODUCT, baton_under_granian, mlflow_models_serve, litserve, bentoml)
