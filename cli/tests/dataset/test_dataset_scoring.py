"""Datasets scored in this process: the same answers and refusals as for one file."""

import gzip
import json
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.dataset import partitions
from baton_cli.dataset.dataset_scoring import DatasetRequest, plan_scoring
from baton_cli.dataset.portable_version import fetch_version
from baton_cli.dataset.record import RECORD_FILE
from baton_cli.errors import CommandFailed
from baton_cli.main import run
from baton_cli.settings import CliSettings, load
from baton_cli.stopping import defer_signals
from baton_cli.storage_location import StorageLocation
from tests.support.cli.bulk import add_onnx
from tests.support.cli.datasets import (
    GROUP_ROWS,
    ROWS,
    build_rows,
    read_ids,
    score_here,
    write_dataset,
)
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS

KEY = "wJalrXUtnFEMI"


@pytest.fixture(autouse=True)
def _version(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 3 scores; a partition has two row groups."""
    for version in ("3", "4"):
        add_onnx(registry, version)
    registry.aliases[ALIAS] = "3"
    monkeypatch.setattr(partitions.group_rows, "__defaults__", (2 * GROUP_ROWS,))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A dataset of three files with three row groups each."""
    return write_dataset(tmp_path / "in")


def score_alone(table: pa.Table, folder: Path) -> pa.Table:
    """Scores the rows as one file with `baton score`."""
    pq.write_table(table, folder / "alone.parquet")
    output = folder / "alone-scored.parquet"
    assert run(["score", str(folder / "alone.parquet"), "--output", str(output)]) == 0
    return pq.read_table(output)


def test_parquet_gives_the_answers_of_one_file(source: Path, tmp_path: Path) -> None:
    """To the last bit and in the same order; a partition is some row groups of a file."""
    output = tmp_path / "out"
    summary = score_here(source, output)
    assert (summary.partitions, summary.counts.scored) == (6, 3 * ROWS)
    alone = score_alone(build_rows(0, 3 * ROWS), tmp_path)
    assert pq.read_table(output).equals(alone)
    assert read_ids(output / "part-00001.parquet") == [*range(2 * GROUP_ROWS, ROWS)]
    assert json.loads((output / RECORD_FILE).read_text())["complete"]


def test_csv_gives_the_answers_of_one_file(tmp_path: Path) -> None:
    """A file is one partition, gzip or not; other files of a folder are ignored."""
    source = tmp_path / "in"
    (source / "day=2").mkdir(parents=True)
    text = build_rows(0, ROWS).to_pandas().to_csv(index=False)
    (source / "a.csv").write_text(text)
    (source / "day=2" / "b.csv.gz").write_bytes(gzip.compress(text.encode()))
    for ignored in ("_SUCCESS", ".c.csv", "notes.txt", "_old/d.csv"):
        (source / ignored).parent.mkdir(exist_ok=True)
        (source / ignored).write_text("no data")
    assert score_here(source, tmp_path / "out").partitions == 2
    assert run(["score", str(source / "a.csv"), "--output", str(tmp_path / "a.parquet")]) == 0
    alone = pq.read_table(tmp_path / "a.parquet")
    for part in ("part-00000.parquet", "part-00001.parquet"):
        assert pq.read_table(tmp_path / "out" / part).equals(alone)


def test_pattern_or_file_selects_files(source: Path, tmp_path: Path) -> None:
    """The rest of the folder is not read."""
    assert score_here(source / "00[12].parquet", tmp_path / "two").partitions == 4
    assert read_ids(tmp_path / "two")[0] == ROWS
    assert score_here(source / "002.parquet", tmp_path / "one").partitions == 2


def put_null(source: Path) -> None:
    """Makes the fifth row of the third row group of a file bad."""
    table = build_rows(ROWS, ROWS).to_pandas()
    table.loc[2 * GROUP_ROWS + 4, "x"] = None
    pq.write_table(pa.Table.from_pandas(table), source / "001.parquet", row_group_size=GROUP_ROWS)


def write_other(source: Path, columns: dict[str, list[object]]) -> None:
    """Replaces the second file."""
    pq.write_table(pa.table(columns), source / "001.parquet")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (put_null, "row group 2, row 5, column 'x': is missing; the column is required; correct"),
        (lambda source: write_other(source, {"id": [1]}), "column 'x' is missing, which version 3"),
        (lambda source: write_other(source, {"id": ["a"], "x": [0.5]}), "in the first file"),
        (lambda source: write_other(source, {"id": [1], "x": ["much"]}), "column 'x'"),
        (
            lambda source: write_other(source, {"id": [1], "x": [0.5], "label": ["a"]}),
            "the output adds a column 'label'",
        ),
        (lambda source: (source / "001.parquet").write_bytes(b"PAR1junk"), "not a readable"),
        (lambda source: (source / "001.csv").write_text(""), "the file is empty"),
        (lambda source: (source / "001.csv").write_text("id,x\n1,0.5\n1,?\n"), "in the first"),
    ],
)
def test_refusals_name_the_file(
    source: Path, tmp_path: Path, damage: Callable[[Path], object], message: str
) -> None:
    """The reason is the one of `baton score`."""
    damage(source)
    with pytest.raises(CommandFailed) as caught:
        score_here(source, tmp_path / "out")
    assert str(caught.value.message).startswith(f"{source}/001.")
    assert message in caught.value.message
    assert "part-00003.parquet" not in [each.name for each in tmp_path.glob("out/*")]


def test_bad_rows_are_skipped_and_located(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is reported once with its file."""
    put_null(source)
    summary = score_here(source, tmp_path / "out", skips_bad_rows=True)
    assert (summary.counts.scored, summary.counts.skipped) == (3 * ROWS - 1, 1)
    where = f"skipped {source}/001.parquet: row group 2, row 5, column 'x': is missing"
    assert where in capsys.readouterr().err


def test_command_goes_on_where_another_stopped(source: Path, tmp_path: Path) -> None:
    """What is there is not scored again; drafts of a killed process are removed."""
    output = tmp_path / "out"
    score_here(source, output)
    record = json.loads((output / RECORD_FILE).read_text())
    (output / RECORD_FILE).write_text(json.dumps({**record, "complete": False}))
    for number in (1, 4):
        (output / f"part-{number:05}.parquet").unlink()
    (output / ".part-00001.parquet.0badcafe").write_bytes(b"half")
    before = {each: each.stat().st_mtime_ns for each in output.glob("part-*")}
    summary = score_here(source, output)
    assert (summary.counts.scored, summary.skipped_partitions) == (GROUP_ROWS + 2 * GROUP_ROWS, 4)
    assert {each: each.stat().st_mtime_ns for each in before} == before
    assert read_ids(output) == [*range(3 * ROWS)]
    assert len([*output.iterdir()]) == 7
    assert json.loads((output / RECORD_FILE).read_text()) == record


def test_output_of_something_else_is_refused(source: Path, tmp_path: Path) -> None:
    """Another version, other input, other columns, or files of another program."""
    output = tmp_path / "out"
    score_here(source, output)
    before = {each: each.read_bytes() for each in output.iterdir()}
    with pytest.raises(CommandFailed, match="churn_model version 3, not of churn_model version 4"):
        score_here(source, output, "4")
    with pytest.raises(CommandFailed, match="another --keep"):
        score_here(source, output, keep=("id",))
    with pytest.raises(CommandFailed, match=r"not of .*00\*"):
        score_here(source / "00*", output)
    write_dataset(source, files=2)
    with pytest.raises(CommandFailed, match="before it changed"):
        score_here(source, output)
    assert {each: each.read_bytes() for each in output.iterdir()} == before
    with pytest.raises(CommandFailed, match=r"has other files, e\.g\. 000"):
        score_here(source / "000.parquet", source)
    with pytest.raises(CommandFailed, match="is in the input"):
        score_here(source, source / "scored")
    with pytest.raises(CommandFailed, match="has no CSV or Parquet file"):
        score_here(tmp_path / "absent", output)


def test_file_that_changes_meanwhile_is_refused(source: Path, tmp_path: Path) -> None:
    """The row groups of the plan are not those of the new file."""
    version = fetch_version(load(CliSettings), None, defer_signals)
    request = DatasetRequest(
        StorageLocation(str(source)),
        StorageLocation(str(tmp_path / "out")),
        CsvFormat(),
        None,
        False,
    )
    plan = plan_scoring(request, version)
    write_dataset(source)
    assert "has changed" in plan.scorer(plan.partitions[3]).failure


def test_scorer_is_pickled_without_secrets_and_runs_in_any_thread(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no credentials, needs no registry and sets no signal handler."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", KEY)
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "user")
    version = fetch_version(load(CliSettings), None, defer_signals)
    output = StorageLocation(str(tmp_path / "out"))
    request = DatasetRequest(StorageLocation(str(source)), output, CsvFormat(), None, False)
    plan = plan_scoring(request, version)
    plan.scorer.output.create()
    sent = pickle.dumps((plan.scorer, plan.partitions))
    assert KEY.encode() not in sent
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    scorer, parts = pickle.loads(sent)
    with ThreadPoolExecutor(2) as pool:
        results = [*pool.map(scorer, parts)]
    assert [each.failure for each in results] == [""] * 6
    assert read_ids(output.path) == [*range(3 * ROWS)]
