"""The stack with deploy/secure.yml, and its credentials."""

import json
import re
import ssl
from pathlib import Path
from typing import Any

import httpx

from tests.support.stack.containers import Stack

CERTIFICATE = "sed -n /BEGIN.CERTIFICATE/,/END.CERTIFICATE/p /run/secrets/tls/site.pem"
User = tuple[str, str]


class SecureStack(Stack):
    """A stack with TLS, accounts for MLflow, API keys for inference, and gRPC.

    Attributes:
        admin: the administrator's name and password.
        scoring: the API key for scoring.
        operations: the API key for operations.
        certificate: the certificate of the proxy, PEM.
    """

    def __init__(self, project: str, data: Path) -> None:
        files = ("docker-compose.yml", "deploy/secure.yml", "deploy/grpc.yml")
        super().__init__(project, data, ":".join(files))
        self.tracking_url = self.tracking_url.replace("http:", "https:")
        self.inference_url = self.inference_url.replace("http:", "https:")
        self.admin: User = ("", "")
        self.scoring = self.operations = ""

    def sign_in(self) -> None:
        """Reads the certificate and the credentials, like an operator after the first start."""
        self.certificate = self.docker("exec", "-T", "proxy", *CERTIFICATE.split())
        self.trust = ssl.create_default_context(cadata=self.certificate)
        output = self.docker("run", "--rm", "-T", "credentials")
        credentials = dict(re.findall(r"^ +(\w+) +(\S+)$", output, re.MULTILINE))
        self.admin = (credentials["user"], credentials["password"])
        self.scoring, self.operations = credentials["scoring"], credentials["operations"]
        self.http.close()
        self.http = httpx.Client(
            base_url=self.inference_url,
            verify=self.trust,
            timeout=10,
            headers=build_authorization(self.scoring),
        )

    def history(self) -> list[dict[str, Any]]:
        """Reads the moves in a container, which has an account."""
        moves: list[dict[str, Any]] = json.loads(self.baton("history", "--json"))
        return moves

    def user(self, name: str) -> User:
        """Reads one of the stack's own accounts; this needs Docker access."""
        [user] = self.users(name)
        return user

    def users(self, *names: str) -> list[User]:
        """Reads several of the stack's accounts."""
        passwords = self.read_secrets(*(f"{name}/password" for name in names))
        return [*zip(names, passwords, strict=True)]

    def mlflow(self, user: User | None, method: str, path: str, **body: Any) -> httpx.Response:
        """Sends a request to MLflow's REST API through the proxy."""
        url = f"{self.tracking_url}/api/2.0/{path}"
        with httpx.Client(verify=self.trust, auth=user, timeout=30) as http:
            return http.request(method, url, json=body or None)

    def move_alias(self, user: User, version: str) -> httpx.Response:
        """Moves the alias."""
        body = {"name": "churn_model", "alias": "production", "version": version}
        return self.mlflow(user, "POST", "mlflow/registered-models/alias", **body)

    def status(self) -> dict[str, Any]:
        answer = self.http.get("/status", headers=build_authorization(self.operations))
        status: dict[str, Any] = answer.raise_for_status().json()
        return status


def build_authorization(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
