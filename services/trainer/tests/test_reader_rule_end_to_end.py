"""Versions that record the rule by which their training read cells, and older versions."""

from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE, TRIM_WHITE_SPACE
from baton_registry.rest.fetch import fetch
from baton_registry.versions.manifest import Manifest
from baton_trainer.audit.reproduce_version import reproduce
from baton_trainer.errors import DataError, NotComparable
from baton_trainer.gate.comparison import compare_models
from baton_trainer.request import Columns, Data, TrainRequest
from baton_trainer.tables import loading
from baton_trainer.tables.columns import look_alikes
from baton_trainer.tables.table import Table
from baton_trainer.training import train
from tests.support.trainer.comparable_models import good, make_model
from tests.support.trainer.tables import TARGET, Notes, make_features, make_text_target
from tests.support.trainer.workshop import Workshop


def write_table(file: Path, rows: int = 400, *, are_labels_spaced: bool = False) -> None:
    """A table with a blank before each cell of `label`, and maybe before each of the target."""
    frame = make_features(rows)
    target = make_text_target(frame)
    frame = frame.assign(label=" " + frame["label"])
    frame[TARGET] = " " + target if are_labels_spaced else target
    frame.to_csv(file, index=False)


def build_request(file: Path) -> TrainRequest:
    return TrainRequest(data=Data(file=file), columns=Columns(target=TARGET))


@pytest.fixture
def spaced(tmp_path: Path) -> Table:
    """A table with white space, read as training reads it."""
    write_table(tmp_path / "t.csv", 4_000)
    return loading.load(build_request(tmp_path / "t.csv"))


def score_with_blanks(rows: pd.DataFrame) -> "pd.Series[float]":
    """The formula of an older version, whose categories have blanks."""
    if not rows["label"].str.startswith(" ").all():
        raise AssertionError("its rows have blanks")
    return good(rows.assign(label=rows["label"].str.strip()))


def test_training_reads_cells_without_white_space(spaced: Table) -> None:
    """The version records the rule, and categories without white space."""
    (column,) = (each for each in spaced.columns if each.name == "label")
    assert column.categories == ("a", "b", "c")
    assert spaced.reader == TRIM_WHITE_SPACE.to_json()
    assert "white space around cells" in spaced.notes[0]


def test_older_version_is_compared_with_the_cells_that_it_reads(spaced: Table) -> None:
    """A warning says what callers must change."""
    own = spaced.read_by(KEEP_WHITE_SPACE)
    older = make_model(own, score_with_blanks, name="version 1")
    challenger = make_model(spaced, manifest=Manifest(reader=spaced.reader))
    comparison = compare_models(challenger, older, spaced)
    assert comparison.difference.first == pytest.approx(comparison.difference.second)
    assert 0 < comparison.rows == (spaced.held_out & own.held_out).sum() < spaced.held_out.sum()
    (warning,) = comparison.warnings
    assert "callers that send ' a' as 'label' must send 'a'" in warning


def test_version_with_an_unknown_rule_is_not_compared(spaced: Table) -> None:
    """It would read different cells."""
    newer = make_model(spaced, manifest=Manifest(reader={"white_space": "folded"}))
    with pytest.raises(NotComparable, match="upgrade"):
        compare_models(make_model(spaced), newer, spaced)


def test_classes_that_differ_by_rule_are_not_compared(tmp_path: Path) -> None:
    """To an older version, a label with white space is a different class."""
    write_table(tmp_path / "t.csv", are_labels_spaced=True)
    table = loading.load(build_request(tmp_path / "t.csv"))
    assert table.classes == ("no", "yes")
    own = table.read_by(KEEP_WHITE_SPACE)
    assert own.classes == (" no", " yes")
    challenger = make_model(table, manifest=Manifest(reader=table.reader))
    with pytest.raises(NotComparable):
        compare_models(challenger, make_model(own), table)


def test_table_without_white_space_is_read_once(tmp_path: Path) -> None:
    """All rules give the same cells."""
    frame = make_features()
    frame.assign(**{TARGET: make_text_target(frame)}).to_csv(tmp_path / "t.csv", index=False)
    table = loading.load(build_request(tmp_path / "t.csv"))
    assert table.read_by(KEEP_WHITE_SPACE) is table


@pytest.mark.parametrize(
    ("texts", "rule"), [(["x", "y"], TRIM_WHITE_SPACE), (["x ", "y"], KEEP_WHITE_SPACE)]
)
def test_typed_table_keeps_white_space(tmp_path: Path, texts: list[str], rule: object) -> None:
    """The rule for text files keeps white space if a category has some."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = {"n": [*range(60)], "c": texts * 30, TARGET: ["no", "yes", "yes"] * 20}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    table = loading.load(build_request(tmp_path / "t.parquet"))
    assert set(table.features["c"]) == set(texts)
    assert table.reader == rule.to_json()  # type: ignore[attr-defined]


def test_version_records_the_rule(workshop: Workshop, tmp_path: Path) -> None:
    """Its manifest has the rule."""
    write_table(workshop.file)
    version = workshop.registry.get_version(workshop.name, workshop.train().version)
    manifest = fetch(workshop.registry, version, tmp_path / "got").manifest
    assert manifest.reader == TRIM_WHITE_SPACE.to_json()


def test_version_is_reproduced_by_its_own_rule(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The version keeps white space, and its labels look alike."""
    write_table(workshop.file, are_labels_spaced=True)
    with monkeypatch.context() as before:
        before.setattr(loading, "load", partial(loading.load, rule=KEEP_WHITE_SPACE))
        result = workshop.train()
    reproduction = reproduce(result.version, workshop.file, workshop.options, Notes())
    assert reproduction.differences == []


def test_labels_that_look_alike_register_nothing(workshop: Workshop) -> None:
    """They are rejected before the first request to the registry."""
    frame = make_features()
    target = make_text_target(frame).mask(frame["flag"], "Yes")
    frame.assign(**{TARGET: target}).to_csv(workshop.file, index=False)
    with pytest.raises(DataError, match=look_alikes.DIFFERENCE):
        train(build_request(workshop.file), workshop.options)
    assert workshop.registry.list_versions(workshop.name) == []
