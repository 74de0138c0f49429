"""`baton score`."""

import signal
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from baton_cli.bulk.chunks import CHUNK_ROWS
from baton_cli.main import run
from baton_engine.engine import Scores
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.tables.columns import Array
from tests.support.cli.bulk import add_onnx, parquet
from tests.support.cli.fakes import Registry
from tests.support.registry_fakes import ALIAS


@pytest.fixture
def file(registry: Registry, tmp_path: Path) -> Path:
    """A CSV file of two rows, and version 3 to score it with."""
    add_onnx(registry, "3")
    registry.aliases[ALIAS] = "3"
    path = tmp_path / "in.csv"
    path.write_text("x\n1\n-1\n")
    return path


def test_scores_to_stdout(file: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Without an output the rows go to stdout as CSV, and what is told to stderr."""
    assert run(["score", str(file)]) == 0
    out, err = capfdbinary.readouterr()
    header, first, second = out.decode().splitlines()
    assert header == "x,label,probability_no,probability_yes,model_version"
    assert first.startswith("1,yes,0.11920")
    assert second.startswith("-1,no,0.88079")
    assert err.decode().splitlines() == [
        f"scoring {file} with churn_model version 3",
        "2 rows scored",
    ]


@pytest.mark.parametrize(
    ("name", "options"),
    [("out.parquet", []), ("out.PQ", []), ("out", ["--output-format", "parquet"])],
)
def test_the_format_is_that_of_the_name(file: Path, name: str, options: list[str]) -> None:
    """The output's name says what it is, unless the option does."""
    output = file.parent / name
    assert run(["score", str(file), "--output", str(output), *options]) == 0
    assert pq.read_table(output)["label"].to_pylist() == ["yes", "no"]


def test_a_bad_row_ends_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By default a bad row is one line that says where it is and what to do, and no output."""
    file.write_text('x\n1\n"\n"\nmuch\n')
    output = file.parent / "out.csv"
    assert run(["score", str(file), "--output", str(output)]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == (
        f"baton: {file}: line 3, column 'x': is missing; the column is required; mend "
        "it, or leave such rows out with --on-error skip"
    )
    assert [*file.parent.iterdir()] == [file]


def test_bad_rows_are_skipped(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With `--on-error skip` they are left out, the first twenty told, all counted."""
    file.write_text("x\n1\n" + "?\n" * 30)
    output = file.parent / "out.csv"
    assert run(["score", str(file), "--output", str(output), "--on-error", "skip"]) == 0
    told = capsys.readouterr().err.splitlines()
    assert told[1] == "left out: line 3, column 'x': must be a number"
    assert told[21] == "left out: and others, which are counted only"
    assert told[22:] == [f"1 rows scored, 30 left out → {output}"]
    assert len(output.read_text().splitlines()) == 2


def test_keeps_what_is_named(file: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """`--keep` names the columns of the file that the output has, too."""
    table = parquet(file.parent, id=["a"], x=[2.0], more=[1])
    assert run(["score", str(table), "--keep", "id"]) == 0
    header = capfdbinary.readouterr().out.splitlines()[0]
    assert header == b"id,label,probability_no,probability_yes,model_version"


def test_a_file_without_rows_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A header alone is no failure, but worth a word."""
    file.write_text("x\n")
    assert run(["score", str(file), "--output", str(file.parent / "out.csv")]) == 0
    assert "has no rows" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["absent.csv"], "absent.csv: No such file or directory; name a CSV or Parquet file"),
        (["."], "Is a directory"),
        (["in.csv", "--version", "9"], "no version '9'"),
        (["in.csv", "--output", "absent/out.csv"], "absent/out.csv: No such file or directory"),
    ],
)
def test_one_line_for_what_is_not_there(
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    why: str,
) -> None:
    """No such file, version or folder: exit 1, and the last line says which."""
    monkeypatch.chdir(file.parent)
    assert run(["score", *arguments]) == 1
    assert why in capsys.readouterr().err.splitlines()[-1]


def test_usage(file: Path) -> None:
    """A version is a number."""
    assert run(["score", str(file), "--version", "new"]) == 2


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_ctrl_c_waits_for_the_engine_and_leaves_nothing(
    file: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An exception inside the engine's call would end the process there: the chunk is scored."""
    file.write_text("x\n" + "1\n" * (CHUNK_ROWS + 1))
    scored = []
    real = OnnxEngine.score

    def interrupted(engine: OnnxEngine, columns: Mapping[str, Array]) -> Scores:
        signal.raise_signal(signal.SIGINT)
        scored.append(real(engine, columns))
        return scored[-1]

    monkeypatch.setattr(OnnxEngine, "score", interrupted)
    assert run(["score", str(file), "--output", str(file.parent / name)]) == 130
    assert len(scored) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "baton: stopped; nothing was written"
    assert [*file.parent.iterdir()] == [file]
