"""Asks the inference processes what they serve."""

import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from baton_registry.rest.tls import Tls, create_context
from baton_registry.setting_types import format_url_host

TIMEOUT_S = 2.0
MOST_AT_ONCE = 16
REFUSALS = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
DEFAULT_PORTS = {"http": 80, "https": 443}

NO_REGISTRY = "it cannot reach the registry"
SAME_SETTINGS = "set BATON_MODEL_NAME and BATON_ALIAS alike"

Resolve = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Process:
    """One inference process.

    Attributes:
        url: where it is reached, an address in place of a host name that has several.
        host: the host and port that were asked for: the Host header and the name in the
            certificate stay theirs.
    """

    url: str
    host: str


@dataclass(frozen=True)
class Report:
    """What one inference process answered.

    Attributes:
        url: the process.
        status: its status; None where it did not tell.
        is_refused: it answered, but does not let us in.
    """

    url: str
    status: Mapping[str, Any] | None
    is_refused: bool = False

    @property
    def silence(self) -> str:
        """Why there is no status."""
        if self.is_refused:
            return f"{self.url} refuses the API key; set BATON_API_KEY to one for operations"
        return f"no answer from {self.url}; is it up? (BATON_INFERENCE_URL)"

    @property
    def serving_version(self) -> str | None:
        """The version in its slot."""
        serving = self._object("serving")
        return None if serving is None else serving.get("version")

    @property
    def checks_outputs(self) -> bool:
        """Whether it checked the answers of what it serves: older releases do not."""
        return (self._object("serving") or {}).get("outputs_checked") is True

    @property
    def load_failure(self) -> Mapping[str, Any] | None:
        """The load failure that it reports, if any."""
        return self._object("last_load_failure")

    @property
    def is_without_registry(self) -> bool:
        """Whether it says that the registry cannot be reached."""
        registry = self._object("registry")
        return registry is not None and registry.get("reachable") is False

    def follows(self, model_name: str, alias: str) -> bool:
        """Whether it serves what this alias of this model points to."""
        status = self.status or {}
        return (status.get("model_name"), status.get("alias")) == (model_name, alias)

    def to_json(self) -> dict[str, Any]:
        """As `baton status --json` shows it."""
        return {"url": self.url, "reachable": self.status is not None, "status": self.status}

    def _object(self, name: str) -> Mapping[str, Any] | None:
        value = (self.status or {}).get(name)
        return value if isinstance(value, Mapping) else None


def addresses(host: str) -> list[str]:
    """The addresses of a host, each once; empty where it has none.

    Where a host has both kinds, only the IPv4 ones: `localhost` is one machine, not two.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    by_family: dict[int, list[str]] = {}
    for family, _, _, _, address in found:
        by_family.setdefault(family, []).append(str(address[0]))
    chosen = by_family.get(socket.AF_INET) or by_family.get(socket.AF_INET6, [])
    return sorted(set(chosen))


def processes(url: str, resolve: Resolve) -> list[Process]:
    """The processes behind one address: each address of its host, if there are several."""
    parts = urlsplit(url)
    found = resolve(parts.hostname or "")
    if len(found) < 2:  # noqa: PLR2004 - one process: its name says more than its address
        return [Process(url, parts.netloc)]
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    return [
        Process(parts._replace(netloc=f"{format_url_host(address)}:{port}").geturl(), parts.netloc)
        for address in found
    ]


class Inference:
    """All inference processes that are named; close it when done."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        api_key: str | None = None,
        resolve: Resolve = addresses,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.urls = urls
        self._resolve = resolve
        # A transport of our own: a proxy that the environment names cannot reach one process
        # among several. SSL_CERT_FILE still holds.
        is_tls_needed = any(url.startswith("https:") for url in urls)
        self._http = httpx.Client(
            transport=transport
            or httpx.HTTPTransport(verify=create_context(Tls(), is_needed=is_tls_needed)),
            timeout=TIMEOUT_S,
            trust_env=False,
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def reports(self) -> list[Report]:
        """Asks every process, names resolved anew: processes come and go."""
        asked = [process for url in self.urls for process in processes(url, self._resolve)]
        with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
            return list(pool.map(self._ask, asked))

    def _ask(self, process: Process) -> Report:
        name = urlsplit(f"//{process.host}").hostname or ""
        try:
            answer = self._http.get(
                f"{process.url}/status",
                headers={"Host": process.host},
                extensions={"sni_hostname": name},
            )
            if answer.status_code in REFUSALS:
                return Report(process.url, None, is_refused=True)
            status = answer.json() if answer.is_success else None
        except (httpx.HTTPError, ValueError):
            status = None
        return Report(process.url, status if isinstance(status, dict) else None)
