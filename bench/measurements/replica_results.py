"""What replicas that follow one alias cost the tracking server: results and tables."""

from dataclasses import dataclass

from bench.output.table import format_number, format_table

BUSY = 0.5
"""The share of one processor that look-ups may take: uploads and pages need the rest."""
POLL_INTERVALS_S = (2.0, 10.0, 30.0, 60.0)


@dataclass(frozen=True)
class Cost:
    """What something costs.

    Attributes:
        seconds: until all replicas have it.
        cpu_ms: processor time of the tracking server, milliseconds for each.
    """

    seconds: float
    cpu_ms: float


@dataclass
class ReplicaResults:
    """The results.

    Attributes:
        replicas: replicas at the same moment.
        look_up: one replica resolves the alias.
        miss: one replica looks up a canary, whose alias is not set.
        herd: all replicas look both aliases up at the same moment.
        fetches: all replicas fetch the same version at the same moment.
        fetched_bytes: of one fetch.
        move: the alias is set, without a webhook.
        notified: the same with a webhook, until it is delivered.
        machine: description of the machine.
    """

    replicas: int
    look_up: Cost
    miss: Cost
    herd: Cost
    fetches: Cost
    fetched_bytes: int
    move: Cost
    notified: Cost
    machine: str


def format_tables(results: ReplicaResults) -> str:
    """Formats the tables."""
    poll_ms = results.look_up.cpu_ms + results.miss.cpu_ms
    each = [
        ["a look-up of the alias", format_number(results.look_up.cpu_ms)],
        ["a look-up of a canary's alias that is not set", format_number(results.miss.cpu_ms)],
        [f"a fetch of {results.fetched_bytes:,} bytes", format_number(results.fetches.cpu_ms)],
        ["a move of the alias", format_number(results.move.cpu_ms)],
        ["the same with a webhook", format_number(results.notified.cpu_ms)],
    ]
    carried = [
        [f"{interval_s:g} s", f"{BUSY * interval_s / poll_ms * 1e3:,.0f}"]
        for interval_s in POLL_INTERVALS_S
    ]
    herd = (
        f"{results.replicas} replicas that poll at the same moment have their answers after"
        f" {format_number(results.herd.seconds)} s; the same version, fetched by all of them at the"
        f" same moment, arrives within {format_number(results.fetches.seconds)} s."
    )
    return "\n\n".join(
        [
            format_table(["of the tracking server", "CPU ms"], each),
            format_table(
                ["poll interval", f"replicas at {100 * BUSY:.0f} % of one processor"], carried
            ),
            herd,
            f"Machine: {results.machine}.",
        ]
    )
