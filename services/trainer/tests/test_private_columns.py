"""Trains with secret values in private columns, and searches for them in all that is written."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
import pytest
from rich.console import Console

from baton_registry.rest.fetch import fetch, fetch_manifest
from baton_trainer.audit.compare_versions import compare
from baton_trainer.audit.comparison_tables import render_comparison
from baton_trainer.audit.reproduce_version import reproduce
from baton_trainer.monitoring.profile import parse_profile
from baton_trainer.request import Columns, Data, Train, TrainRequest
from baton_trainer.tracking.run_record import parse_record
from baton_trainer.training import train
from tests.support.trainer.secret_table import PRIVATE, SECRETS, make_secret_table
from tests.support.trainer.tables import TARGET, Notes
from tests.support.trainer.workshop import Workshop

THE_MODEL = {"model.onnx", "model.skops"}
"""These files hold means, medians and categories of all columns: predictions need them."""


@dataclass
class Trained:
    """All that two trainings, a comparison and a reproduction wrote.

    Attributes:
        texts: by the name of a file or a place.
        model: the folder of the last version's files.
        run: the folder of its run's files.
        workshop: has the versions 1, in production, and 2.
        notes: of the last training.
    """

    texts: dict[str, bytes]
    model: Path
    run: Path
    workshop: Workshop
    notes: Notes

    def find(self) -> set[str]:
        """Returns the files and places with a secret."""
        return {
            name
            for name, content in self.texts.items()
            if any(secret.encode() in content.lower() for secret in SECRETS)
        }


def run(workshop: Workshop, folder: Path, private: tuple[str, ...]) -> Trained:
    make_secret_table().to_csv(workshop.file, index=False, encoding="cp1252")
    request = TrainRequest(
        data=Data(file=workshop.file),
        columns=Columns(target=TARGET, id=("who",), private=private),
        train=Train(search=2),
    )
    workshop.registry.set_alias(
        workshop.name, "production", train(request, workshop.options).version
    )
    notes, said = Notes(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        result = train(request, workshop.options, notes, ["baton", "train", "--private", "income"])
        texts = {"comparison": show(render_comparison(compare_both(workshop)))}
        again = reproduce(result.version, workshop.file, workshop.options, notes)
    assert again.differences == []
    texts["terminal"] = "\n".join(
        [*notes.notes, *notes.warnings, *notes.phases, *map(show, notes.tables), said.getvalue()]
    )
    texts |= {
        f"run {each.info.run_id}": json.dumps(each.to_dictionary()) for each in workshop.runs()
    }
    version = workshop.registry.get_version(workshop.name, result.version)
    texts["version"] = repr(version)
    client = mlflow.MlflowClient()
    texts["registered"] = repr(client.get_model_version(workshop.name, result.version))
    texts["model"] = repr(
        mlflow.get_logged_model(version.source.rpartition("/")[2]).to_dictionary()
    )
    uri = client.get_run(result.run_id).info.artifact_uri
    model, artifacts = download(version.source, folder / "model"), download(uri, folder / "run")
    content = {name: text.encode() for name, text in texts.items()}
    for part in (model, artifacts):
        content |= {str(file): file.read_bytes() for file in part.rglob("*") if file.is_file()}
    return Trained(content, model, artifacts, workshop, notes)


def compare_both(workshop: Workshop) -> Any:
    return compare("1", "2", Data(file=workshop.file), workshop.options, Notes())


def show(part: Any) -> str:
    console = Console(file=io.StringIO(), width=500)
    console.print(part)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def download(uri: str, folder: Path) -> Path:
    return Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(folder)))


@pytest.fixture(scope="module")
def trained(shared_workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return run(shared_workshop, tmp_path_factory.mktemp("private"), PRIVATE)


pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own, on downloading


def test_secrets_are_in_the_model_alone(trained: Trained) -> None:
    """In no file, tag, parameter, metric, table or line but the model's own two files."""
    assert {Path(name).name for name in trained.find()} <= THE_MODEL
    assert any("read as text" in line for line in trained.notes.warnings)
    assert any("differ only in white space or case" in line for line in trained.notes.warnings)
    assert any("encoding cp1252" in line for line in trained.notes.notes)


def test_without_the_option_the_same_search_finds_them(workshop: Workshop, tmp_path: Path) -> None:
    """So the search above can find what it looks for."""
    found = run(workshop, tmp_path, ()).find()
    assert {Path(name).name for name in found} >= {
        *THE_MODEL,
        *("MLmodel", "input_example.json", "serving_input_example.json", "profile.json"),
        *("model_card.md", "model_card.html", "columns.json", "slices.csv", "terminal"),
    }


def test_names_are_recorded(trained: Trained, tmp_path: Path) -> None:
    """In the signed manifest, the run record and the parameters."""
    workshop = trained.workshop
    version = workshop.registry.get_version(workshop.name, "2")
    assert fetch_manifest(workshop.registry, version, tmp_path).private_columns == PRIVATE
    record = parse_record((trained.run / "record.json").read_text())
    assert record.request.columns.private == PRIVATE
    logged = next(each for each in workshop.runs() if each.info.run_id == version.run_id)
    assert logged.data.params["private"] == ", ".join(PRIVATE)


def test_private_columns_have_no_slices(trained: Trained) -> None:
    """Not even a boolean one, whose values are no secret by themselves."""
    slices = (trained.run / "tables" / "slices.csv").read_text()
    assert "flag" in slices
    assert not any(f"{name} = " in slices or f"{name}," in slices for name in PRIVATE)
    assert "rich" not in (trained.run / "gate.json").read_text()


def test_version_can_be_served(trained: Trained, tmp_path: Path) -> None:
    """Its example has a made-up value of the right type in each private column."""
    workshop = trained.workshop
    version = workshop.registry.get_version(workshop.name, "2")
    fetched = fetch(workshop.registry, version, tmp_path)
    assert fetched.verified
    example = json.loads(fetched.input_example or b"")
    rows = pd.DataFrame(example["data"], columns=example["columns"])
    made_up = {name: {*rows[name]} for name in rows if name in PRIVATE}
    assert made_up == {
        "income": {0.0},
        "account": {0},
        "street": {"example"},
        "code": {"example"},
        "mixed": {"example"},
        "amount": {"example"},
        "rich": {False},
    }
    assert len({*rows["prix (€)"]}) == len(rows)
    columns = {each.name: each for each in fetched.mlmodel.schema.columns}
    assert columns["street"].categories == ()
    assert columns["label"].categories == ("a", "b", "c")


def test_profile_is_one_of_the_checked_files(trained: Trained, tmp_path: Path) -> None:
    """A private column has its kind and the number of missing values."""
    content = (trained.model / "profile.json").read_bytes()
    columns = parse_profile(content).columns
    assert {name for name, each in columns.items() if each.private} == {*PRIVATE} & {*columns}
    assert columns["income"].missing > 0
    assert columns["label"].categories
    workshop = trained.workshop
    version = workshop.registry.get_version(workshop.name, "2")
    assert "profile.json" in fetch_manifest(workshop.registry, version, tmp_path).files


def test_inference_does_not_fetch_the_profile(trained: Trained, tmp_path: Path) -> None:
    """A load takes no longer with it, and a version without it loads as before."""
    workshop = trained.workshop
    fetched = fetch(workshop.registry, workshop.registry.get_version(workshop.name, "2"), tmp_path)
    assert "model.onnx" in fetched.checksums
    assert not [*tmp_path.rglob("profile.json")]
