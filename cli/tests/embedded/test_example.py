import json
from pathlib import Path

import pytest

from baton_cli.embedded.example import first_instance, write_example
from baton_registry.versions.signing import generate_key_pair, parse_signing_key
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS, MODEL, older_tags

SPLIT = {"columns": ["tenure", "Contract"], "data": [[3, "One year"], [4, "Two year"]]}


def test_writes_the_first_row_as_a_request(tmp_path: Path) -> None:
    """The served version's own example, as `/predict` takes it."""
    registry = Registry()
    registry.add("1", None, **{"input_example.json": json.dumps(SPLIT)})
    registry.aliases[ALIAS] = "1"
    file = tmp_path / "example.json"
    assert write_example(registry.client(), MODEL, ALIAS, file, trusted=())
    assert json.loads(file.read_text()) == {"instances": [{"tenure": 3, "Contract": "One year"}]}


def test_a_version_without_an_example_gives_none(tmp_path: Path) -> None:
    """Versions that plain MLflow made may have none; nor has an alias that is not set."""
    registry = Registry()
    registry.add("1")
    file = tmp_path / "example.json"
    assert not write_example(registry.client(), MODEL, ALIAS, file, trusted=())
    registry.aliases[ALIAS] = "1"
    assert not write_example(registry.client(), MODEL, ALIAS, file, trusted=())
    assert not file.exists()


def test_an_example_that_is_not_the_registered_one_is_not_read(tmp_path: Path) -> None:
    """One that was altered, or of a version that no trusted key has signed."""
    registry = Registry()
    text = json.dumps(SPLIT)
    registry.add("1", older_tags({"input_example.json": text}), **{"input_example.json": text})
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
def test_another_form_is_no_example(example: object) -> None:
    """Only the split form names its columns for sure."""
    with pytest.raises(ValueError, match=r"split form|shorter|longer"):
        first_instance(example)
