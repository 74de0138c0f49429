import json
from pathlib import Path

import pytest

from baton_cli.embedded.example import build_first_request, write_example
from baton_registry.versions.keys import generate_key_pair, parse_signing_key
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS, MODEL, build_older_tags

SPLIT = {"columns": ["tenure", "Contract"], "data": [[3, "One year"], [4, "Two year"]]}


def test_example_is_the_first_row_as_a_request(tmp_path: Path) -> None:
    """The form is that of `/predict`."""
    registry = Registry()
    registry.add("1", None, **{"input_example.json": json.dumps(SPLIT)})
    registry.aliases[ALIAS] = "1"
    file = tmp_path / "example.json"
    assert write_example(registry.client(), MODEL, ALIAS, file, trusted=())
    assert json.loads(file.read_text()) == {"instances": [{"tenure": 3, "Contract": "One year"}]}


def test_no_example_without_an_alias_or_an_input_example(tmp_path: Path) -> None:
    """Versions logged by plain MLflow may have none."""
    registry = Registry()
    registry.add("1")
    file = tmp_path / "example.json"
    assert not write_example(registry.client(), MODEL, ALIAS, file, trusted=())
    registry.aliases[ALIAS] = "1"
    assert not write_example(registry.client(), MODEL, ALIAS, file, trusted=())
    assert not file.exists()


def test_unverified_example_is_not_written(tmp_path: Path) -> None:
    """An altered file, or a version that no trusted key signed."""
    registry = Registry()
    text = json.dumps(SPLIT)
    registry.add(
        "1", build_older_tags({"input_example.json": text}), **{"input_example.json": text}
    )
    registry.aliases[ALIAS] = "1"
    file = tmp_path / "example.json"
    key = parse_signing_key(generate_key_pair()[0]).public
    assert not write_example(registry.client(), MODEL, ALIAS, file, trusted=(key,))
    registry.files["1/input_example.json"] += b" "
    assert not write_example(registry.client(), MODEL, ALIAS, file, trusted=())
    assert not file.exists()


@pytest.mark.parametrize(
    "example",
    [[], {}, {"columns": ["a"], "data": []}, {"columns": ["a"], "data": [[1, 2]]}, {"inputs": [1]}],
)
def test_example_in_another_form_is_rejected(example: object) -> None:
    """Only the split form names its columns."""
    with pytest.raises(ValueError, match=r"split form|shorter|longer"):
        build_first_request(example)
