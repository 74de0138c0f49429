"""The input and output of the open-loop generator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class VersionRows:
    """What a version answers to the lines of a body, and by which aliases it may be chosen.

    Attributes:
        scores: a `.npy` file of shape `[lines]`: the probability of `class_name`.
        class_name: the class.
        aliases: the aliases that its answers may name.
    """

    scores: str
    class_name: str
    aliases: Sequence[str]


@dataclass(frozen=True)
class LoadPlan:
    """A load.

    Attributes:
        port: on 127.0.0.1.
        path: the route.
        body: a file with the JSON body; of a file `*.jsonl`, each line in turn.
        per_s: mean requests per second.
        seconds: length, unless stdin closes first.
        latencies: a `.npy` file for the latencies of the 2xx answers, in seconds.
        connections: maximum of concurrent requests.
        expected: the prediction of each version for the only body.
        rows: what each version may answer to each line of the body.

    Without `expected` and `rows` any 2xx answer is good.
    """

    port: int
    path: str
    body: str
    per_s: float
    seconds: float
    latencies: str
    connections: int = 64
    expected: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, VersionRows] = field(default_factory=dict)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Parses what `asdict` gives."""
        rows = {version: VersionRows(**each) for version, each in document["rows"].items()}
        return cls(**{**document, "rows": rows})


@dataclass
class LoadCounts:
    """The outcome of a load, besides the latencies.

    Attributes:
        failed: answers other than 2xx, broken connections, missing answers.
        mixed: 2xx answers that mix two versions.
        aliases: 2xx answers by the alias that they name, if the answers to rows are checked.
        seconds: how long requests were sent.
        lag_p99_ms: how late the generator noticed due requests: its own part of the latencies.
        busy: the generator's own share of a processor.
    """

    failed: int = 0
    mixed: int = 0
    aliases: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    lag_p99_ms: float = 0.0
    busy: float = 0.0
