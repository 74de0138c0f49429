"""toxiproxy, a TCP proxy that injects faults, and its control API.

https://github.com/Shopify/toxiproxy#http-api
"""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tests.support.rig.process import LOCAL, Process, find_free_port, is_ok, wait_until


class Link:
    """A proxied connection to a server.

    Attributes:
        uri: the server's address through the proxy.
    """

    def __init__(self, http: httpx.Client, name: str, port: int) -> None:
        self.uri = f"http://{LOCAL}:{port}"
        self._http = http
        self._name = name

    def inject(self, kind: str, **attributes: int) -> None:
        """Injects a fault into the server's answers, also on open connections.

        Args:
            kind: a toxic, e.g. `latency`; `down` refuses every connection.
            attributes: the toxic's attributes, e.g. `latency=10_000` in ms.
        """
        if kind == "down":
            self._post(f"/proxies/{self._name}", {"enabled": False})
        else:
            toxic = {"type": kind, "stream": "downstream", "attributes": attributes}
            self._post(f"/proxies/{self._name}/toxics", toxic)

    def repair(self) -> None:
        """Removes every fault."""
        self._post("/reset", {})

    def _post(self, path: str, document: Mapping[str, object]) -> None:
        self._http.post(path, json=document).raise_for_status()


class Toxiproxy:
    """The program; it runs while the context lasts."""

    def __init__(self, program: Path, log: Path) -> None:
        port = find_free_port()
        url = f"http://{LOCAL}:{port}"
        self._process = Process([str(program), "-host", LOCAL, "-port", str(port)], {}, log)
        self._http = httpx.Client(base_url=url, timeout=10)

    def __enter__(self) -> Self:
        self._process.start()
        version = str(self._http.base_url.join("/version"))
        wait_until(lambda: is_ok(version), 20, f"toxiproxy: {self._process.log_tail}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.stop()
        self._http.close()

    def create_link(self, server_port: int) -> Link:
        """Creates a link to a server on this machine."""
        port = find_free_port()
        proxy = {"name": f"to-{server_port}-by-{port}", "listen": f"{LOCAL}:{port}"}
        proxy |= {"upstream": f"{LOCAL}:{server_port}"}
        self._http.post("/proxies", json={**proxy, "enabled": True}).raise_for_status()
        return Link(self._http, proxy["name"], port)
