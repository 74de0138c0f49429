from dataclasses import replace
from pathlib import Path

import pytest

from baton_registry.versions.keys import generate_key_pair, parse_signing_key
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Schema
from baton_trainer.gate import production
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.gate.production import Production
from baton_trainer.tables.table import Table
from tests.support.trainer.comparable_models import RuleEngine, bad, make_model
from tests.support.trainer.registry import FolderRegistry
from tests.support.trainer.tables import changed_table, some_trained_model


def compare(folder: Path | None, challenger: ComparableModel, data: Table) -> Production | None:
    with FolderRegistry(folder) as registry:
        return production.compare_with_production(
            registry, "m", "production", challenger, data, trusted=()
        )


def test_nothing_to_compare_if_alias_is_not_set(some_data: Table) -> None:
    assert compare(None, make_model(some_data), some_data) is None


def test_version_trained_again_does_not_differ(version_folder: Path, some_data: Table) -> None:
    model = some_trained_model(some_data)
    schema = Schema(some_data.columns, some_data.classes)
    again = ComparableModel("the challenger", model.engine, schema, len(model.onnx))
    result = compare(version_folder, again, some_data)
    assert result is not None
    assert result.comparison is not None
    assert (result.version, result.reason) == ("3", "")
    assert result.change_figures == {
        "against_version": 3.0,
        "other_label_share": 0.0,
        "score_shift.yes": 0.0,
    }
    assert result.comparison.difference.first == pytest.approx(
        model.metrics["test_roc_auc"], abs=1e-3
    )
    assert result.comparison.difference.interval == (0, 0)


def test_reason_why_production_cannot_be_loaded(some_data: Table, tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("flavors: {}")
    result = compare(tmp_path, make_model(some_data), some_data)
    assert result is not None
    assert (result.version, result.model, result.comparison) == ("3", None, None)
    assert "no ONNX model" in result.reason
    assert result.change_figures == {}


def test_reason_why_production_cannot_be_compared(version_folder: Path) -> None:
    """The model is loaded, so the schemas can still be compared."""
    other = changed_table(whole=["x", "y"] * 200)
    result = compare(version_folder, make_model(other), other)
    assert result is not None
    assert result.model is not None
    assert result.comparison is None
    assert result.reason == "version 3: column 'whole' is long in the model and text in the table"


def test_unsigned_version_is_not_opened(version_folder: Path, some_data: Table) -> None:
    """If there are trusted keys, no file of a version without their signature is fetched."""
    key = parse_signing_key(generate_key_pair()[0]).public
    challenger = make_model(some_data)

    with FolderRegistry(version_folder) as registry:
        result = production.compare_with_production(
            registry, "m", "production", challenger, some_data, trusted=(key,)
        )

    assert result is not None
    assert (result.version, result.model, result.comparison) == ("3", None, None)
    assert "not signed by a trusted key" in result.reason
    assert registry.downloads == []


def measure(folder: Path, challenger: ComparableModel, data: Table) -> Production:
    with FolderRegistry(folder) as registry:
        result = production.measure_change_from_production(
            registry, "m", "production", challenger, data.features, trusted=()
        )
    assert result is not None
    return result


def test_change_is_measured_without_a_target(version_folder: Path, some_data: Table) -> None:
    """On all rows that both accept."""
    model = some_trained_model(some_data)
    schema = Schema(some_data.columns, some_data.classes)
    again = ComparableModel("the challenger", model.engine, schema, len(model.onnx))
    assert measure(version_folder, again, some_data).change_figures["other_label_share"] == 0
    other = measure(version_folder, make_model(some_data, bad), some_data)
    assert (other.change_figures["other_label_share"] or 0) > 0.5
    assert abs(other.change_figures["score_shift.yes"] or 0) > 0.001


def test_reason_why_a_change_cannot_be_measured(version_folder: Path, some_data: Table) -> None:
    """Another task; a column that production needs and the rows do not have."""
    regression = replace(make_model(some_data), engine=RuleEngine(bad, OutputSchema("regression")))
    other = measure(version_folder, regression, some_data)
    assert other.reason == "version 3 has another task, other classes or other outputs"
    fewer = replace(some_data, features=some_data.features.drop(columns="whole"))
    narrow = make_model(
        some_data, columns=tuple(each for each in some_data.columns if each.name != "whole")
    )
    missing = measure(version_folder, narrow, fewer)
    assert missing.reason == "version 3: it needs column 'whole', which these rows do not have"
    assert (missing.change, missing.change_figures) == (None, {})
