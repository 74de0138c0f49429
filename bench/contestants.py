"""Who is measured: routes of servers, and what each is given."""

import sys
from dataclasses import dataclass

from bench.closed_loop import Request
from bench.server import Server
from bench.settings import PEERS
from bench.stage import MODEL, Stage, free_port


@dataclass(frozen=True)
class Line:
    """One line of a table: a route of a server, given a body."""

    name: str
    server: Server
    request: Request


def contestants(place: Stage) -> list[Line]:
    """Product, floor and peers, one row a request."""
    bodies = place.bodies
    port = free_port()
    floor = Server(
        place.program("echo floor", sys.executable, "-m", "bench.peers.floor", str(port)),
        port,
        place.lifeline,
    )
    baton = place.inference("Baton")
    mlflow = mlflow_models_serve(place)
    return [
        Line("echo floor", floor, Request(f"{floor.url}/", bodies.one_instance)),
        Line("Baton, /predict", baton, Request(f"{baton.url}/predict", bodies.one_instance)),
        Line("Baton, /invocations", baton, Request(f"{baton.url}/invocations", bodies.one_split)),
        Line(
            "mlflow models serve",
            mlflow,
            Request(f"{mlflow.url}/invocations", bodies.one_split),
        ),
    ]


def mlflow_models_serve(place: Stage) -> Server:
    """MLflow's own scoring server, in an environment of its own."""
    port = free_port()
    folder = PEERS / "mlflow"
    program = place.program(
        "mlflow models serve",
        *(str(folder / "bin" / "mlflow"), "models", "serve", "--env-manager", "local"),
        *("--model-uri", f"models:/{MODEL}/1", "--host", "127.0.0.1", "--port", str(port)),
        env_dir=folder,
    )
    return Server(program, port, place.lifeline)
