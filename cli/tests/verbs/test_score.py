"""`baton score`."""

import hashlib
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
from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE, TRIM_WHITE_SPACE
from baton_registry.versions.manifest import MANIFEST_FILE, Manifest
from tests.support.cli.bulk import add_onnx, write_parquet
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import ALIAS


@pytest.fixture
def file(registry: Registry, tmp_path: Path) -> Path:
    """A CSV file of two rows, and version 3 to score it with."""
    add_onnx(registry, "3")
    registry.aliases[ALIAS] = "3"
    path = tmp_path / "in.csv"
    path.write_text("x\n1\n-1\n")
    return path


def test_default_output_is_csv_on_stdout(
    file: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Progress goes to stderr."""
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
def test_output_name_decides_the_format(file: Path, name: str, options: list[str]) -> None:
    """`--output-format` overrides it."""
    output = file.parent / name
    assert run(["score", str(file), "--output", str(output), *options]) == 0
    assert pq.read_table(output)["label"].to_pylist() == ["yes", "no"]


def test_bad_row_ends_the_command(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line with its location and a hint; no output."""
    file.write_text('x\n1\n"\n"\nmuch\n')
    output = file.parent / "out.csv"
    assert run(["score", str(file), "--output", str(output)]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == (
        f"baton: {file}: line 3, column 'x': is missing; the column is required; correct "
        "the row, or skip such rows: --on-error skip"
    )
    assert [*file.parent.iterdir()] == [file]


def test_bad_rows_are_skipped_with_on_error_skip(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first twenty are printed, all are counted."""
    file.write_text("x\n1\n" + "?\n" * 30)
    output = file.parent / "out.csv"
    assert run(["score", str(file), "--output", str(output), "--on-error", "skip"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[1] == "skipped line 3, column 'x': must be a number"
    assert lines[21] == "skipped more rows, which are only counted"
    assert lines[22:] == [f"1 rows scored, 30 skipped → {output}"]
    assert len(output.read_text().splitlines()) == 2


def record_rule(registry: Registry, rule: Mapping[str, object]) -> None:
    """Gives version 3 a manifest with a rule."""
    registry.files.pop(f"3/{MANIFEST_FILE}", None)
    names = [name for name in registry.files if name.startswith("3/")]
    sums = {name[2:]: hashlib.sha256(registry.files[name]).hexdigest() for name in names}
    content = Manifest(files=sums, reader=rule).to_json()
    registry.files[f"3/{MANIFEST_FILE}"] = content
    digest = hashlib.sha256(content).hexdigest()
    registry.add("3", tags={"baton.gate": "passed", "baton.manifest": digest})


def test_rule_of_the_version_decides_how_cells_are_read(
    file: Path, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a rule, white space is data. An unknown rule of a newer Baton is an error."""
    file.write_text("x,id\n1, a \n")
    output = file.parent / "out.csv"
    arguments = ["score", str(file), "--output", str(output)]
    for rule, cell in (
        ({}, " a "),
        (TRIM_WHITE_SPACE.to_json(), "a"),
        (KEEP_WHITE_SPACE.to_json(), " a "),
    ):
        if rule:
            record_rule(registry, rule)
        assert run(arguments) == 0
        assert output.read_text().splitlines()[1].split(",")[1] == cell
        output.unlink()
    record_rule(registry, {"white_space": "folded"})
    assert run(arguments) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("baton: version 3: ")
    assert "upgrade" in last
    assert not output.exists()


def test_keep_copies_only_the_named_columns(
    file: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The added columns follow."""
    table = write_parquet(file.parent, id=["a"], x=[2.0], more=[1])
    assert run(["score", str(table), "--keep", "id"]) == 0
    header = capfdbinary.readouterr().out.splitlines()[0]
    assert header == b"id,label,probability_no,probability_yes,model_version"


def test_file_without_rows_is_a_warning(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file with only a header is not a failure."""
    file.write_text("x\n")
    assert run(["score", str(file), "--output", str(file.parent / "out.csv")]) == 0
    assert "has no rows" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["absent.csv"],
            "cannot read absent.csv: No such file or directory; choose a CSV or Parquet file",
        ),
        (["."], "Is a directory"),
        (["in.csv", "--version", "9"], "no version '9'"),
        (
            ["in.csv", "--output", "absent/out.csv"],
            "cannot write absent/out.csv: No such file or directory",
        ),
    ],
)
def test_missing_file_version_or_folder_is_one_line(
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    """Exit code 1; the last line names it."""
    monkeypatch.chdir(file.parent)
    assert run(["score", *arguments]) == 1
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_version_must_be_a_number(file: Path) -> None:
    """Anything else is a usage error."""
    assert run(["score", str(file), "--version", "new"]) == 2


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_ctrl_c_waits_for_the_engine_and_leaves_no_file(
    file: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An exception inside the engine's call would end the process; the chunk is scored first."""
    file.write_text("x\n" + "1\n" * (CHUNK_ROWS + 1))
    scored = []
    original = OnnxEngine.score

    def interrupt(engine: OnnxEngine, columns: Mapping[str, Array]) -> Scores:
        signal.raise_signal(signal.SIGINT)
        scored.append(original(engine, columns))
        return scored[-1]

    monkeypatch.setattr(OnnxEngine, "score", interrupt)
    assert run(["score", str(file), "--output", str(file.parent / name)]) == 130
    assert len(scored) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "baton: stopped; nothing was written"
    assert [*file.parent.iterdir()] == [file]
