"""A version that records the rule by which its training read cells, and one of before."""

from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from baton_engine.tables.text.reader_rule import KEPT, TRIMMED
from baton_registry.rest.fetch import fetch
from baton_registry.versions.manifest import Manifest
from baton_trainer.errors import DataError, NotComparable
from baton_trainer.gate.comparison import compared
from baton_trainer.audit.reproduce_version import repeat
from baton_trainer.request import Columns, Data, TrainRequest
from baton_trainer.tables import loading
from baton_trainer.tables.columns import look_alikes
from baton_trainer.tables.table import Table
from baton_trainer.training import train
from tests.support.trainer.comparable_models import contender, good
from tests.support.trainer.tables import TARGET, Notes, features, text_target
from tests.support.trainer.workshop import Workshop


def write(file: Path, rows: int = 400, *, are_labels_spaced: bool = False) -> None:
    """A table with a blank before each cell of `label`, and maybe before each of the target."""
    frame = features(rows)
    target = text_target(frame)
    frame = frame.assign(label=" " + frame["label"])
    frame[TARGET] = " " + target if are_labels_spaced else target
    frame.to_csv(file, index=False)


def request(file: Path) -> TrainRequest:
    return TrainRequest(data=Data(file=file), columns=Columns(target=TARGET))


@pytest.fixture
def spaced(tmp_path: Path) -> Table:
    """Read as training reads."""
    write(tmp_path / "t.csv", 4_000)
    return loading.load(request(tmp_path / "t.csv"))


def knowing_blanks(rows: pd.DataFrame) -> "pd.Series[float]":
    """What a version of before learned."""
    if not rows["label"].str.startswith(" ").all():
        raise AssertionError("its rows have blanks")
    return good(rows.assign(label=rows["label"].str.strip()))


def test_training_reads_cells_without_white_space(spaced: Table) -> None:
    """The version's rule and categories say so."""
    (column,) = (each for each in spaced.columns if each.name == "label")
    assert column.categories == ("a", "b", "c")
    assert spaced.reader == TRIMMED.to_json()
    assert "white space around cells removed" in spaced.notes[0]


def test_a_version_of_before_is_judged_by_what_it_reads(spaced: Table) -> None:
    """Its cells have white space, its split follows from them; what callers must change is told."""
    own = spaced.read_by(KEPT)
    rival = contender(own, knowing_blanks, name="version 1")
    challenger = contender(spaced, record=Manifest(reader=spaced.reader))
    found = compared(challenger, rival, spaced)
    assert found.difference.first == pytest.approx(found.difference.second)
    assert 0 < found.rows == (spaced.held_out & own.held_out).sum() < spaced.held_out.sum()
    (doubt,) = found.doubts
    assert "callers that send ' a' as 'label' must send 'a'" in doubt


def test_a_version_of_a_rule_that_is_unknown_is_not_compared(spaced: Table) -> None:
    """Its figures would be those of other cells."""
    newer = contender(spaced, record=Manifest(reader={"white_space": "folded"}))
    with pytest.raises(NotComparable, match="upgrade"):
        compared(contender(spaced), newer, spaced)


def test_other_classes_by_another_rule_are_told(tmp_path: Path) -> None:
    """A label with white space is another class to a version of before."""
    write(tmp_path / "t.csv", are_labels_spaced=True)
    table = loading.load(request(tmp_path / "t.csv"))
    assert table.classes == ("no", "yes")
    own = table.read_by(KEPT)
    assert own.classes == (" no", " yes")
    challenger = contender(table, record=Manifest(reader=table.reader))
    with pytest.raises(NotComparable):
        compared(challenger, contender(own), table)


def test_a_table_without_white_space_is_read_once(tmp_path: Path) -> None:
    """Every rule reads it the same."""
    frame = features()
    frame.assign(**{TARGET: text_target(frame)}).to_csv(tmp_path / "t.csv", index=False)
    table = loading.load(request(tmp_path / "t.csv"))
    assert table.read_by(KEPT) is table


@pytest.mark.parametrize(("texts", "rule"), [(["x", "y"], TRIMMED), (["x ", "y"], KEPT)])
def test_a_typed_table_keeps_white_space(tmp_path: Path, texts: list[str], rule: object) -> None:
    """A text file is read such that its cells are the same: kept where a category has some."""
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = {"n": [*range(60)], "c": texts * 30, TARGET: ["no", "yes", "yes"] * 20}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    table = loading.load(request(tmp_path / "t.parquet"))
    assert set(table.features["c"]) == set(texts)
    assert table.reader == rule.to_json()  # type: ignore[attr-defined]


def test_the_version_records_the_rule(workshop: Workshop, tmp_path: Path) -> None:
    """In its manifest, where scoring finds it."""
    write(workshop.file)
    version = workshop.registry.get_version(workshop.name, workshop.train().version)
    record = fetch(workshop.registry, version, tmp_path / "got").record
    assert record.reader == TRIMMED.to_json()


def test_a_version_is_repeated_by_its_own_rule(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that took white space for data comes out the same, labels that look alike included."""
    write(workshop.file, are_labels_spaced=True)
    with monkeypatch.context() as before:
        before.setattr(loading, "load", partial(loading.load, rule=KEPT))
        result = workshop.train()
    found = repeat(result.version, workshop.file, workshop.options, Notes())
    assert found.differences == []


def test_labels_that_look_alike_register_nothing(workshop: Workshop) -> None:
    """Refused before the registry is asked anything."""
    frame = features()
    target = text_target(frame).mask(frame["flag"], "Yes")
    frame.assign(**{TARGET: target}).to_csv(workshop.file, index=False)
    with pytest.raises(DataError, match=look_alikes.WHAT):
        train(request(workshop.file), workshop.options)
    assert workshop.registry.list_versions(workshop.name) == []
