"""Writes the files of the Helm chart that follow from other files.

README.md has a table of the values: names and defaults of values.yaml, meanings from its comments.
files/alerts.yml is infra/monitoring/alerts.yml, because a chart cannot read files outside of it.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parents[1]
CHART = ROOT / "deploy" / "helm" / "baton"
BEGIN, END = "<!-- values -->\n", "<!-- /values -->"


class Value(NamedTuple):
    """A value of the chart.

    Attributes:
        name: its path, e.g. `inference.grpc.port`.
        default: as values.yaml writes it.
        meaning: the comment above it, in one line.
    """

    name: str
    default: str
    meaning: str


def list_values(text: str) -> Iterator[Value]:
    """Lists the values of a values.yaml. A block mapping is a group, anything else a value.

    Raises:
        ValueError: a value has no comment.
    """
    if root := yaml.compose(text, Loader=yaml.SafeLoader):
        yield from _list_below(root, text.splitlines(), ())


def _list_below(node: yaml.Node, lines: list[str], path: tuple[str, ...]) -> Iterator[Value]:
    for key, value in node.value:
        here = (*path, key.value)
        if isinstance(value, yaml.MappingNode) and not value.flow_style:
            yield from _list_below(value, lines, here)
            continue
        meaning = _read_comment(lines, key.start_mark.line)
        if not meaning:
            raise ValueError(f"values.yaml:{key.start_mark.line + 1}: a comment must explain it")
        default = lines[key.start_mark.line].partition(":")[2].strip()
        yield Value(".".join(here), default, meaning)


def _read_comment(lines: list[str], line: int) -> str:
    """Reads the comment that ends above a line, counted from 0."""
    first = line
    while first > 0 and lines[first - 1].strip().startswith("#"):
        first -= 1
    return " ".join(each.strip().removeprefix("#").strip() for each in lines[first:line])


def format_table(text: str) -> str:
    """Formats the values of a values.yaml as a table."""
    rows = ["| value | default | meaning |", "|---|---|---|"]
    rows += [f"| `{each.name}` | `{each.default}` | {each.meaning} |" for each in list_values(text)]
    return "\n".join(rows) + "\n"


def build_files() -> Mapping[Path, str]:
    """Builds the files: path to content."""
    readme = CHART / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    table = format_table((CHART / "values.yaml").read_text(encoding="utf-8"))
    alerts = (ROOT / "infra" / "monitoring" / "alerts.yml").read_text(encoding="utf-8")
    return {
        readme: f"{before}{BEGIN}{table}{END}{after}",
        CHART / "files" / "alerts.yml": alerts,
    }


def main(arguments: list[str]) -> int:
    """Runs the command and returns the exit code."""
    stale = [
        path
        for path, text in build_files().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if arguments == ["--check"]:
        for path in stale:
            print(f"chart: {path.relative_to(ROOT)} is stale; run scripts/chart", file=sys.stderr)  # noqa: T201 - a command
        return bool(stale)
    for path in stale:
        path.write_text(build_files()[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
