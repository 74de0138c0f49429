"""HTTP exchanges with the tracking server, with typed errors."""

import json as jsonlib
import time
from collections.abc import Mapping
from typing import Any

import httpx

from baton_common.locations import strip_credentials
from baton_common.texts import to_one_line
from baton_registry.errors import RegistryRefused, RegistryUnavailable
from baton_registry.rest.proxies import Proxy

API = "/api/2.0/mlflow/"
ARTIFACTS_API = "/api/2.0/mlflow-artifacts/"
FIRST_ERROR_STATUS = 400
FIRST_SERVER_ERROR_STATUS = 500
UNAUTHORIZED, FORBIDDEN = 401, 403
INVALID_HOST = b"Invalid Host header"
INVALID_HOST_HINT = "; add this host to the server's MLFLOW_SERVER_ALLOWED_HOSTS"
SETTING = "MLFLOW_TRACKING_URI"
NO_MLFLOW_HINT = "; check that {setting} is an MLflow tracking server, with its path"
UNAUTHORIZED_HINT = (
    "; check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
)
NO_CREDENTIALS_HINT = "; put the user and the password into the address of {setting}"


class Transport:
    """Sends and receives JSON and raises typed errors. Thread-safe, as `httpx.Client` is."""

    def __init__(
        self,
        tracking_uri: str,
        http: httpx.Client,
        *,
        timeout_s: float,
        proxy: Proxy | None = None,
        setting: str = SETTING,
    ) -> None:
        self._setting = setting
        self.address = strip_credentials(tracking_uri)
        self.http = http
        self._timeout_s = timeout_s
        self._proxy = proxy

    def call(
        self,
        method: str,
        endpoint: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        api: str = API,
    ) -> dict[str, Any]:
        """Calls an endpoint, by default one below `/api/2.0/mlflow/`.

        Raises:
            RegistryUnavailable: no answer, a 5xx, or an answer that is not a JSON object.
            RegistryRefused: a 4xx, with MLflow's error code.
        """
        try:
            response, body = self._exchange(method, api + endpoint, params, json)
        except httpx.HTTPError as error:
            raise self.to_unavailable(error) from error
        payload = self._parse_payload(response, body)
        if response.status_code >= FIRST_ERROR_STATUS:
            raise RegistryRefused(
                f"the registry at {self.address} refused {endpoint}: "
                f"{to_one_line(payload.get('message')) or response.reason_phrase}"
                f"{self._choose_hint(response.status_code, body)}",
                error_code=str(payload.get("error_code", "")),
                status=response.status_code,
            )
        return payload

    def get_text(self, path: str) -> str | None:
        """Returns the body of a GET request; None if the server does not answer with a 2xx.

        Raises:
            RegistryUnavailable: no answer.
        """
        try:
            response, body = self._exchange("GET", path, None, None)
        except httpx.HTTPError as error:
            raise self.to_unavailable(error) from error
        return body.decode(errors="replace") if response.is_success else None

    def _exchange(
        self, method: str, url: str, params: Mapping[str, str] | None, content: Any
    ) -> tuple[httpx.Response, bytes]:
        """Sends a request and reads the whole answer within the time-out.

        httpx itself limits only each read.
        """
        end_s = time.monotonic() + self._timeout_s
        with self.http.stream(method, url, params=params, json=content) as response:
            chunks = []
            for chunk in response.iter_bytes():
                chunks.append(chunk)
                if time.monotonic() > end_s:
                    raise httpx.ReadTimeout(f"the answer took over {self._timeout_s:g} s")
        return response, b"".join(chunks)

    def to_unavailable(self, error: httpx.HTTPError) -> RegistryUnavailable:
        """Converts an HTTP error to `RegistryUnavailable`."""
        reason = to_one_line(error)
        return RegistryUnavailable(
            f"no answer from the registry at {self.address} ({reason}); check that it runs"
            f" and that {self._setting} is right{self._proxy_hint}"
        )

    @property
    def _proxy_hint(self) -> str:
        if self._proxy is None:
            return ""
        return f"; the proxy is {self._proxy.description}, NO_PROXY lists exceptions"

    def check_answered(self, response: httpx.Response) -> None:
        """Raises `RegistryUnavailable` on a 5xx."""
        if response.status_code >= FIRST_SERVER_ERROR_STATUS:
            raise RegistryUnavailable(
                f"the registry at {self.address} answered {response.status_code} "
                f"{response.reason_phrase}"
            )

    def _parse_payload(self, response: httpx.Response, body: bytes) -> dict[str, Any]:
        self.check_answered(response)
        try:
            payload = jsonlib.loads(body)
        except ValueError:
            payload = None
        if isinstance(payload, dict):
            return payload
        if response.status_code >= FIRST_ERROR_STATUS:  # a proxy before MLflow answered
            return {"message": f"{response.status_code} {response.reason_phrase}"}
        raise RegistryUnavailable(
            f"the registry at {self.address} answered {response.status_code} with something that"
            f" is not JSON{NO_MLFLOW_HINT.format(setting=self._setting)}"
        )

    def _choose_hint(self, status: int, body: bytes) -> str:
        """Chooses the hint for a 4xx."""
        hint = "" if body.lstrip().startswith(b"{") else NO_MLFLOW_HINT  # MLflow's errors are JSON
        if INVALID_HOST in body:
            hint = INVALID_HOST_HINT
        elif status in (UNAUTHORIZED, FORBIDDEN):
            hint = UNAUTHORIZED_HINT if self._setting == SETTING else NO_CREDENTIALS_HINT
        return hint.format(setting=self._setting)
