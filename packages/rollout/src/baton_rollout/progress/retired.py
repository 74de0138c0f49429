"""The counts of processes that no longer answer, as a record keeps them in a short tag. Pure.

A histogram is written as the index of its first count, and the counts from there in hexadecimal:
`13:1,,2f`. Whatever does not fit is summed or left out, by how many pairs it has, never by what
they say. Lost counts delay a verdict. They cannot cause one.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from baton_rollout.json_values import require_object
from baton_rollout.pair_counts import COUNTS, Histogram, PairCounts
from baton_rollout.progress import fields
from baton_rollout.signals import GRID

SUM = "+"
"""Stands between the processes of a sum."""

Counts = Mapping[str, PairCounts]
"""Pair counts by process, or by the processes of a sum."""

_is_run = re.compile(r"(\d{1,2}:[0-9a-f]{0,14}(,[0-9a-f]{0,14})*)?", re.ASCII).fullmatch


def shrink(counts: Counts) -> Iterator[Counts]:
    """Yields ever shorter forms of the counts: as they are, summed, and sums of fewer processes.

    The last one is empty.
    """
    yield counts
    most_first = sorted(counts, key=lambda process: counts[process].pairs, reverse=True)
    for size in range(len(most_first), 0, -1):
        summed = most_first[:size]
        yield {SUM.join(summed): sum((counts[each] for each in summed), PairCounts())}
    yield {}


def void_sums(known: Counts, present: set[str]) -> dict[str, PairCounts]:
    """Leaves out each sum with a process that answers again: its pairs would count twice."""
    return {
        processes: counts
        for processes, counts in known.items()
        if processes in present or present.isdisjoint(processes.split(SUM))
    }


def to_json(counts: Counts) -> dict[str, Any]:
    """Converts the counts to JSON."""
    return {processes: _to_short(each) for processes, each in counts.items()}


def from_json(document: object) -> dict[str, PairCounts]:
    """Parses the counts.

    Raises:
        ValueError: the document is not of that form, or counts contradict each other.
    """
    retired = require_object(document, "retired")
    for processes in retired:
        for process in processes.split(SUM):
            fields.read_process({"retired": process}, "retired")
    return {processes: _from_short(each) for processes, each in retired.items()}


def _to_short(counts: PairCounts) -> dict[str, Any]:
    return {
        "totals": [getattr(counts, name) for name in COUNTS],
        "score": {name: _format_run(histogram) for name, histogram in counts.score.items()},
        "quality": _format_run(counts.quality),
    }


def _from_short(document: object) -> PairCounts:
    short = require_object(document, "counts")
    totals = short.get("totals")
    if not isinstance(totals, list) or len(totals) != len(COUNTS):
        raise ValueError(f"totals is not a list of {len(COUNTS)} counts")
    score = require_object(short.get("score"), "score")
    return PairCounts.from_json(
        {
            **dict(zip(COUNTS, totals, strict=True)),
            "score": {name: _parse_run(run) for name, run in score.items()},
            "quality": _parse_run(short.get("quality")),
        }
    )


def _format_run(histogram: Histogram) -> str:
    seen = [index for index, count in enumerate(histogram) if count]
    if not seen:
        return ""
    run = histogram[seen[0] : seen[-1] + 1]
    return f"{seen[0]}:{','.join(f'{count:x}' if count else '' for count in run)}"


def _parse_run(run: object) -> list[int]:
    if not isinstance(run, str) or not _is_run(run):
        raise ValueError("a histogram is not an index and counts")
    first, _, counts = run.partition(":")
    listed = [0] * int(first or 0) + [int(count or "0", 16) for count in counts.split(",")]
    return listed + [0] * (len(GRID) - len(listed))
