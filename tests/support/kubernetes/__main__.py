"""The program behind `scripts/cluster`."""

import argparse
import os
import sys

from tests.support.kubernetes.cluster import Cluster, check_machine
from tests.support.kubernetes.commands import ClusterError
from tests.support.kubernetes.layout import Layout
from tests.support.kubernetes.programs import find_programs

DEFAULT_NAME = "baton"


def main() -> None:
    """Runs one verb; kubectl, helm and inside replace this process by their command."""
    given = _parse()
    layout = Layout(given.name)
    try:
        programs = find_programs()
        if given.verb != "compile":
            check_machine()
        _run(Cluster(layout, programs), given.verb, given.arguments)
    except ClusterError as error:
        sys.exit(f"cluster: {error}")


def _run(cluster: Cluster, verb: str, arguments: list[str]) -> None:
    match verb:
        case "up":
            cluster.up(arguments)
        case "down":
            cluster.down()
        case "load":
            cluster.load(arguments)
        case "kubectl" | "helm":
            _replace(cluster.wrap(verb, *arguments))
        case "inside":
            _replace(cluster.wrap_inside(*arguments))


def _replace(command: list[str]) -> None:
    os.execvp(command[0], command)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/cluster")
    parser.add_argument("--name", default=DEFAULT_NAME)
    parser.add_argument(
        "verb", choices=["compile", "up", "load", "kubectl", "helm", "inside", "down"]
    )
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args()


if __name__ == "__main__":
    main()
