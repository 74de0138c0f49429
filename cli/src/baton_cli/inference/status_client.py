"""A client for `GET /status` of the inference processes."""

import asyncio
import json
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from baton_cli.inference.report import Report
from baton_cli.settings import CliSettings
from baton_common.hosts import format_url_host
from baton_registry.rest.tls import Tls, create_context

TIMEOUT_S = 2.0
"""The most time for one process, from the connection to the last byte."""
MAX_STATUS_BYTES = 1_000_000
MAX_CONCURRENT = 16
REFUSALS = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
DEFAULT_PORTS = {"http": 80, "https": 443}

Resolve = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Process:
    """One inference process.

    Attributes:
        url: its URL; an address replaces a host name that has several addresses.
        host: the configured host and port, for the Host header and the certificate.
    """

    url: str
    host: str


def resolve_addresses(host: str) -> list[str]:
    """Resolves a host to its addresses; empty if it has none.

    Prefers IPv4: `localhost` has both kinds, but is one process.
    """
    try:
        entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    by_family: dict[int, list[str]] = {}
    for family, _, _, _, address in entries:
        by_family.setdefault(family, []).append(str(address[0]))
    addresses = by_family.get(socket.AF_INET) or by_family.get(socket.AF_INET6, [])
    return sorted(set(addresses))


def list_processes(url: str, resolve: Resolve) -> list[Process]:
    """Lists the processes behind one URL: one for each address of its host."""
    parts = urlsplit(url)
    addresses = resolve(parts.hostname or "")
    if len(addresses) < 2:  # noqa: PLR2004 - one process: its name is clearer than its address
        return [Process(url, parts.netloc)]
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    return [
        Process(parts._replace(netloc=f"{format_url_host(address)}:{port}").geturl(), parts.netloc)
        for address in addresses
    ]


class StatusClient:
    """A client for all configured inference processes."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        api_key: str | None = None,
        resolve: Resolve = resolve_addresses,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self.urls = urls
        self._resolve = resolve
        self._transport = transport
        self._timeout_s = timeout_s
        is_tls_needed = any(url.startswith("https:") for url in urls)
        self._tls = create_context(Tls(), is_needed=is_tls_needed)
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    def fetch_reports(self) -> list[Report]:
        """Fetches the status of every process. Resolves names each time: processes change."""
        processes = [each for url in self.urls for each in list_processes(url, self._resolve)]
        # In a thread of its own: signals raise in the main thread, and an event loop may lose them.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(self._fetch_all(processes))).result()

    async def _fetch_all(self, processes: Sequence[Process]) -> list[Report]:
        slots = asyncio.Semaphore(MAX_CONCURRENT)
        # An explicit transport ignores proxies of the environment, which cannot reach one process
        # among several. SSL_CERT_FILE still applies.
        async with httpx.AsyncClient(
            transport=self._transport or httpx.AsyncHTTPTransport(verify=self._tls),
            timeout=self._timeout_s,
            trust_env=False,
            headers=self._headers,
        ) as http:

            async def fetch(process: Process) -> Report:
                async with slots:
                    return await self._fetch_report(http, process)

            return await asyncio.gather(*map(fetch, processes))

    async def _fetch_report(self, http: httpx.AsyncClient, process: Process) -> Report:
        try:
            # httpx itself limits only each read: one byte a second would never end.
            async with asyncio.timeout(self._timeout_s):
                code, body = await _exchange(http, process)
            if code in REFUSALS:
                return Report(process.url, None, is_refused=True)
            status = json.loads(body) if httpx.codes.is_success(code) else None
        except (httpx.HTTPError, TimeoutError, ValueError, RecursionError):
            status = None
        return Report(process.url, status if isinstance(status, dict) else None)


def build_status_client(settings: CliSettings) -> StatusClient:
    """Builds a client for all configured inference processes."""
    key = settings.api_key.get_secret_value() if settings.api_key is not None else None
    return StatusClient(settings.inference_urls, api_key=key)


async def _exchange(http: httpx.AsyncClient, process: Process) -> tuple[int, bytes]:
    """Asks a process for its status. Returns the HTTP status and the body.

    Raises:
        httpx.HTTPError: no answer.
        ValueError: the body is too long.
    """
    name = urlsplit(f"//{process.host}").hostname or ""
    body = bytearray()
    async with http.stream(
        "GET",
        f"{process.url}/status",
        headers={"Host": process.host},
        extensions={"sni_hostname": name},
    ) as answer:
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > MAX_STATUS_BYTES:
                raise ValueError(f"the status has over {MAX_STATUS_BYTES:,} bytes")
    return answer.status_code, bytes(body)
