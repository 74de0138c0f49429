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
from baton_engine.tables.text.reader_rule import KEPT, TRIMMED
from baton_registry.versions.manifest import MANIFEST_FILE, Manifest
from tests.support.cli.bulk import add_onnx, parquet
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


def record_rule(registry: Registry, rule: Mapping[str, object]) -> None:
    """Gives version 3 a manifest that records a rule."""
    registry.files.pop(f"3/{MANIFEST_FILE}", None)
    names = [name for name in registry.files if name.startswith("3/")]
    sums = {name[2:]: hashlib.sha256(registry.files[name]).hexdigest() for name in names}
    content = Manifest(files=sums, reader=rule).to_json()
    registry.files[f"3/{MANIFEST_FILE}"] = content
    digest = hashlib.sha256(content).hexdigest()
    registry.add("3", tags={"baton.gate": "passed", "baton.manifest": digest})


def test_the_version_says_how_cells_are_read(
    file: Path, registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    """White space is data where no rule is recorded; a rule of a newer Baton scores nothing."""
    file.write_text("x,id\n1, a \n")
    output = file.parent / "out.csv"
    arguments = ["score", str(file), "--output", str(output)]
    for rule, cell in (({}, " a "), (TRIMMED.to_json(), "a"), (KEPT.to_json(), " a ")):
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
