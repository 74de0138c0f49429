"""The request of a load."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """A route and its body.

    Attributes:
        port: on 127.0.0.1.
        path: the route.
        body: a file with the JSON body; of a file `*.jsonl`, each line in turn.
        rows: rows in the body.
    """

    port: int
    path: str
    body: Path
    rows: int = 1

    @property
    def url(self) -> str:
        """The URL."""
        return f"http://127.0.0.1:{self.port}{self.path}"
