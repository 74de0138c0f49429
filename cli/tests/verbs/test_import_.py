from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from baton_cli.argument_types.models import ModelReference
from baton_cli.main import run
from baton_cli.stopping import Deferral
from baton_cli.training.options import TrainOptions
from baton_trainer.train_result import TrainResult

verb = import_module("baton_cli.verbs.import_")

Call = tuple[ModelReference, Path, dict[str, Any], TrainOptions]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Call]:
    """The imports that the verb runs; each registers version 7."""
    made: list[Call] = []

    def run_import(
        model: ModelReference,
        data: Path,
        options: dict[str, Any],
        gate: TrainOptions,
        _: Deferral,
    ) -> TrainResult:
        made.append((model, data, options, gate))
        return TrainResult("7", "run", "passed", {"data_roc_auc": 0.84})

    monkeypatch.setattr(verb, "run_import", run_import)
    return made


def test_stdout_has_only_the_version(calls: list[Call], capsys: pytest.CaptureFixture[str]) -> None:
    """`version=$(baton import …)` works; the next step is named if it needs another model name."""
    assert run(["import", "sales", "--data", "rows.csv"]) == 0
    out, err = capsys.readouterr()
    assert out == "7\n"
    assert err == (
        "sales version 7: ROC AUC 0.8400 on the data, gate passed\n"
        "to promote it, set BATON_MODEL_NAME=sales\n"
    )
    assert run(["import", "sales", "--data", "rows.csv", "--to", "churn_model"]) == 0
    assert "BATON_MODEL_NAME" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("sales", ModelReference("sales")),
        ("sales/12", ModelReference("sales", version="12")),
        ("sales@champion", ModelReference("sales", alias="champion")),
        ("models:/sales@champion", ModelReference("sales", alias="champion")),
        ("s@les@champion", ModelReference("s@les", alias="champion")),
        ("s@les/3", ModelReference("s@les", version="3")),
    ],
)
def test_a_model_may_name_its_version(
    text: str, reference: ModelReference, calls: list[Call]
) -> None:
    assert run(["import", text, "--data", "rows.csv"]) == 0
    assert calls[0][0] == reference


def test_options_reach_the_trainer(calls: list[Call]) -> None:
    arguments = ["--data", "rows.csv", "--target", "y", "--from", "http://other:5000"]
    arguments += [
        "--to",
        "other",
        "--trust-model",
        "--sign",
        "--private",
        "income",
        "--gate-max-mb",
        "500",
    ]
    assert run(["import", "sales", *arguments]) == 0
    [(_, data, options, gate)] = calls
    assert data == Path("rows.csv")
    assert options == {
        "target": "y",
        "source_uri": "http://other:5000",
        "name": "other",
        "trust_model": True,
        "sign": True,
        "private": ("income",),
    }
    assert gate.values == {"gate": {"max_mb": 500.0}}


@pytest.mark.parametrize(
    "arguments",
    [
        ["sales"],
        ["--data", "rows.csv"],
        ["sales/", "--data", "rows.csv"],
        ["sales/latest", "--data", "rows.csv"],
        ["sales@", "--data", "rows.csv"],
        ["@champion", "--data", "rows.csv"],
        ["a/b/1", "--data", "rows.csv"],
        ["sales", "--data", "rows.csv", "--from", "sqlite:///x.db"],
        ["sales", "--data", "rows.csv", "--to", "a/b"],
    ],
)
def test_usage_errors(
    arguments: list[str], calls: list[Call], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", *arguments]) == 2
    assert calls == []
    assert "Usage: baton import" in capsys.readouterr().err
