"""A first request to try: the first row of the served version's input example."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from baton_registry.errors import RegistryError
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import fetch_file
from baton_registry.versions.signing import TrustedKey, check_signature

INPUT_EXAMPLE = "input_example.json"


def write_example(
    registry: RegistryClient,
    model_name: str,
    alias: str,
    file: Path,
    *,
    trusted: Sequence[TrustedKey],
) -> bool:
    """Writes a body for `/predict` to `file`; returns False without a usable example."""
    try:
        version = registry.resolve_alias(model_name, alias)
        with tempfile.TemporaryDirectory(prefix="baton-") as folder:
            check_signature(version, trusted)
            content = fetch_file(registry, version, INPUT_EXAMPLE, Path(folder))
            body = build_first_request(json.loads(content))
        file.write_text(json.dumps(body) + "\n", encoding="utf-8")
    except (RegistryError, OSError, ValueError, RecursionError):
        return False
    return True


def build_first_request(example: Any) -> dict[str, Any]:
    """Builds a request from the first row of an example in MLflow's split form.

    Raises:
        ValueError: the example has another form, or no row.
    """
    try:
        columns, row = example["columns"], example["data"][0]
        return {"instances": [dict(zip(columns, row, strict=True))]}
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("not an input example in split form") from error
