"""Plain YAML: mappings, lists and scalars, limited in depth, read by libyaml.

PyYAML's own reader needs 8 ms of Python for an MLmodel file, half the time of a load, while
requests wait for the interpreter. libyaml needs a tenth of it, but builds nested values by
recursion in C: a file of 100,000 brackets ends the process. So the depth is checked first, event by
event, which needs no recursion.
"""

from typing import Any

import yaml

MAX_DEPTH = 64
"""MLflow's files have 6 levels."""

_MERGE = "tag:yaml.org,2002:merge"
_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class _Loader(yaml.CSafeLoader):
    """YAML without merge keys: a few lines of them make a mapping of billions of entries."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Rejects merge keys. PyYAML calls it for each mapping."""
        if any(key.tag == _MERGE for key, _ in node.value):
            raise yaml.YAMLError("merge keys are not supported")


def parse_yaml(text: str) -> Any:
    """Parses a document.

    Raises:
        ValueError: it is not YAML, has merge keys, or is nested more than `MAX_DEPTH` levels deep.
    """
    try:
        _check_depth(text)
        return yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"is not YAML: {error}") from error


def _check_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, _STARTS):
            depth += 1
            if depth > MAX_DEPTH:
                raise ValueError(f"is nested more than {MAX_DEPTH} levels deep")
        elif isinstance(event, _ENDS):
            depth -= 1
