"""The table of the zoo in docs/models.md."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from bench.measurements.zoo.benchmark import Zoo
from bench.measurements.zoo.trial import Result
from bench.output.table import DASH, format_number, format_table

HEAD = ("model", "way", "labels that differ", "greatest difference", "µs a row", "kB")


def format_summary(zoo: Zoo) -> str:
    """Counts the cases that are right, refused, and wrong without a word."""
    right = [each for each in zoo.results if each.way]
    wrong = [each for each in right if each.wrong_later]
    exact = sum(each.way == "exact" for each in right)
    return (
        f"Of {len(zoo.results)} models, {len(right)} are exported ({exact} the exact way) and"
        f" {len(zoo.results) - len(right)} are refused. On 4,000 further rows, {len(wrong)} of"
        " those exported differ from their model."
    )


def format_tables(zoo: Zoo) -> str:
    """Formats one table per group, then the refusals, each with its reason."""
    parts = []
    for group, results in groupby(zoo.results, key=lambda each: each.case.group):
        every = [*results]
        parts.append(f"### {group}\n")
        right = [each for each in every if each.way]
        if right:
            parts.append(format_table(HEAD, [_format_row(each) for each in right]) + "\n")
        parts += _list_refusals(each for each in every if not each.way)
    return "\n".join(parts).strip()


def _format_row(result: Result) -> Sequence[str]:
    difference = result.difference
    return (
        f"{result.case.name}{' **wrong later**' if result.wrong_later else ''}",
        str(result.way),
        str(difference.labels) if difference else DASH,
        f"{difference.greatest:.0e}" if difference else DASH,
        format_number(result.row_us),
        format_number(result.kilobytes),
    )


def _list_refusals(results: Iterable[Result]) -> list[str]:
    lines = [f"- {each.case.name}: {each.reason}" for each in results]
    return ["Refused:\n", *lines, ""] if lines else []
