from pathlib import Path

import pytest

from baton_registry.versions.keys import generate_key_pair, parse_signing_key
from baton_registry.versions.schema import Schema
from baton_trainer.gate import production
from baton_trainer.gate.contender import Contender
from baton_trainer.gate.production import Production
from baton_trainer.tables.table import Table
from tests.support.trainer.contenders import contender
from tests.support.trainer.registry import FolderRegistry
from tests.support.trainer.tables import changed_table, some_candidate


def look(folder: Path | None, challenger: Contender, data: Table) -> Production | None:
    with FolderRegistry(folder) as registry:
        return production.look(registry, "m", "production", challenger, data, trusted=())


def test_no_production_is_no_rival(some_data: Table) -> None:
    """The first version has nothing to be compared with."""
    assert look(None, contender(some_data), some_data) is None


def test_a_version_trained_again_finds_its_own_figure(
    version_folder: Path, some_data: Table
) -> None:
    """To the last digit, and so nothing between the two."""
    made = some_candidate(some_data)
    schema = Schema(some_data.columns, some_data.classes)
    again = Contender("the challenger", made.engine, schema, len(made.onnx))
    found = look(version_folder, again, some_data)
    assert found is not None
    assert found.comparison is not None
    assert (found.version, found.reason) == ("3", "")
    assert found.comparison.difference.first == pytest.approx(
        made.metrics["test_roc_auc"], abs=1e-3
    )
    assert found.comparison.difference.interval == (0, 0)


def test_what_cannot_be_loaded_is_told(some_data: Table, tmp_path: Path) -> None:
    """There is a version, but no rival."""
    (tmp_path / "MLmodel").write_text("flavors: {}")
    found = look(tmp_path, contender(some_data), some_data)
    assert found is not None
    assert (found.version, found.contender, found.comparison) == ("3", None, None)
    assert "no ONNX model" in found.reason


def test_what_cannot_be_compared_is_told(version_folder: Path) -> None:
    """The rival is there, so that schemas can be compared all the same."""
    other = changed_table(whole=["x", "y"] * 200)
    found = look(version_folder, contender(other), other)
    assert found is not None
    assert found.contender is not None
    assert found.comparison is None
    assert found.reason == "version 3: column 'whole' is long there and text here"


def test_a_forged_version_is_never_opened(version_folder: Path, some_data: Table) -> None:
    """Where keys are trusted, not one file of a version that none of them signed is fetched."""
    key = parse_signing_key(generate_key_pair()[0]).public
    challenger = contender(some_data)

    with FolderRegistry(version_folder) as registry:
        found = production.look(registry, "m", "production", challenger, some_data, trusted=(key,))

    assert found is not None
    assert (found.version, found.contender, found.comparison) == ("3", None, None)
    assert "not signed by a trusted key" in found.reason
    assert registry.downloads == []
