"""What is posted, again and again."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """A body for a route.

    Attributes:
        port: on 127.0.0.1.
        path: the route.
        body: a file that holds the body, JSON.
        rows: rows in the body.
    """

    port: int
    path: str
    body: Path
    rows: int = 1

    @property
    def url(self) -> str:
        """The whole address."""
        return f"http://127.0.0.1:{self.port}{self.path}"
