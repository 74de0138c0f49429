"""The results of the benchmark of the servers."""

from dataclasses import dataclass, field

from bench.load.rounds import Rounds
from bench.machine.memory import Memory


@dataclass
class Start:
    """The start of a server, and its memory.

    Attributes:
        seconds: from process start to the first 2xx answer.
        fresh: memory after the start.
        loaded: memory after all loads; None without loads.
    """

    seconds: float
    fresh: Memory
    loaded: Memory | None = None


@dataclass
class Results:
    """The results of a run.

    Attributes:
        one_row: closed loop, one row per request, by number of connections.
        many_rows: closed loop, a thousand rows per request.
        offered: open loop: requests per second, by line.
        half_load: open loop, at half of the rate at 16 connections.
        starts: by server.
        dropped: the number of dropped rounds, by number of connections; see `drop_noisy_rounds`.
        missing: one line for each server that could not run.
        machine: description of the machine.
    """

    one_row: dict[int, Rounds] = field(default_factory=dict)
    many_rows: Rounds = field(default_factory=Rounds)
    offered: dict[str, float] = field(default_factory=dict)
    half_load: Rounds = field(default_factory=Rounds)
    starts: dict[str, Start] = field(default_factory=dict)
    dropped: dict[int, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    machine: str = ""
