"""The programs that `baton up` runs, as command lines."""

import ipaddress
import socket
import sys
from dataclasses import dataclass

from baton_cli.embedded.home import Home
from baton_cli.processes.child import Program
from baton_cli.processes.log import Log
from baton_cli.settings import build_child_environment
from baton_common.hosts import format_url_host


@dataclass(frozen=True)
class Plan:
    """What `baton up` starts, and where.

    Attributes:
        home: the folder for everything.
        host: the address on which inference listens.
        port: inference's port.
        tracking_port: the tracking server's port.
        training: the options of `baton train` that say what the first version is trained on.
        grpc_port: inference's port for gRPC; None: no gRPC.
    """

    home: Home
    host: str
    port: int
    tracking_port: int
    training: tuple[str, ...] = ()
    grpc_port: int | None = None

    @property
    def tracking_uri(self) -> str:
        """The URL of the tracking server."""
        return f"http://127.0.0.1:{self.tracking_port}"

    @property
    def inference_url(self) -> str:
        """The URL of inference for this machine."""
        return f"http://{format_url_host(self._inference_host)}:{self.port}"

    @property
    def grpc_address(self) -> str:
        """The address of gRPC for this machine; empty without it."""
        host = format_url_host(self._inference_host)
        return f"{host}:{self.grpc_port}" if self.grpc_port is not None else ""

    @property
    def _inference_host(self) -> str:
        """The address at which this machine reaches inference."""
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:  # a name
            return self.host
        if not address.is_unspecified:
            return self.host
        is_ipv6_only = (
            isinstance(address, ipaddress.IPv6Address) and not socket.has_dualstack_ipv6()
        )
        return "::1" if is_ipv6_only else "127.0.0.1"

    def build_program(self, title: str, log: str, *arguments: str, **environment: str) -> Program:
        """Builds a child process: a Python module that uses this tracking server."""
        return Program(
            title=title,
            command=(sys.executable, "-m", *arguments),
            environment=build_child_environment(
                defaults={
                    "BATON_CACHE_DIR": str(self.home.cache),
                    "BATON_LOG_FORMAT": "console",  # people read this log file
                    "BATON_WEBHOOK_SECRET_FILE": str(self.home.webhook_secret),
                },
                overrides={
                    "MLFLOW_TRACKING_URI": self.tracking_uri,
                    "MLFLOW_REGISTRY_URI": self.tracking_uri,
                    "PYTHONUNBUFFERED": "1",  # the log is complete when the program ends
                    **environment,
                },
                hosts=(self._inference_host,),
            ),
            log=Log(self.home.logs, log),
        )


def build_tracking(plan: Plan) -> Program:
    """Builds the MLflow server: SQLite, and artifacts served through it."""
    return plan.build_program(
        "the tracking server",
        "tracking",
        *("mlflow", "server", "--host", "127.0.0.1", "--port", str(plan.tracking_port)),
        *("--backend-store-uri", f"sqlite:///{plan.home.database}"),
        *("--serve-artifacts", "--artifacts-destination", str(plan.home.artifacts)),
        *("--workers", "1"),
        # No job queue: it would be another process.
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false",
        # Webhooks go to inference on this machine over plain http; a new one works at once.
        MLFLOW_WEBHOOK_ALLOWED_SCHEMES="http,https",
        MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS="true",
        MLFLOW_WEBHOOK_CACHE_TTL="1",
        MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY=plan.home.webhook_key.read_text(encoding="ascii"),
    )


def build_inference(plan: Plan) -> Program:
    """Builds `baton serve`."""
    return plan.build_program(
        "inference", "inference", "baton_cli", "serve", BATON_PORT=str(plan.port)
    )


def build_controller(plan: Plan) -> Program:
    """Builds `baton rollout run`."""
    return plan.build_program(
        "the rollout controller",
        "controller",
        *("baton_cli", "rollout", "run"),
        BATON_INFERENCE_URL=plan.inference_url,
    )


def build_bootstrap(plan: Plan) -> Program:
    """Builds the one-shot that trains the first version if there is none."""
    return plan.build_program(
        "the first training",
        "bootstrap",
        *("baton_cli", "bootstrap", *plan.training),
        BATON_INFERENCE_URL=plan.inference_url,  # the target of the webhook
    )
