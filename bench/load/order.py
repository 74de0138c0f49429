"""What the open-loop generator is told, and what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Order:
    """What to do.

    Attributes:
        port: on 127.0.0.1.
        path: the route.
        body: a file that holds what is posted, JSON.
        per_s: requests a second, on average.
        seconds: for how long, unless stdin closes before.
        latencies: a `.npy` file to write the latencies of the 2xx answers to, in seconds.
        connections: so many requests are under way at most.
        expected: version to the prediction that it must give; empty takes any 2xx answer.
    """

    port: int
    path: str
    body: str
    per_s: float
    seconds: float
    latencies: str
    connections: int = 64
    expected: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Seen:
    """What came of it, beside the latencies.

    Attributes:
        failed: other than 2xx, broken off, or not answered in time.
        mixed: 2xx answers that are not wholly of the version that they name.
        seconds: how long requests were sent.
        lag_p99_ms: how late the generator noticed that a request was due: what it adds to the
            latencies itself.
        busy: the generator's own share of a processor.
    """

    failed: int = 0
    mixed: int = 0
    seconds: float = 0.0
    lag_p99_ms: float = 0.0
    busy: float = 0.0
