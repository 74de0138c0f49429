"""The gate: a worse version is rejected, a better one is promoted."""

import csv
import json
from pathlib import Path
from typing import Any

import mlflow

from baton_registry.versions.model_version import ModelVersion
from baton_trainer.tables import churn
from tests.support.rig.desk import Desk, register

STUMP = ("--estimator", "random_forest", "--param", "n_estimators=1", "--param", "max_depth=1")


def test_worse_version_is_rejected_and_better_one_is_promoted(
    desk: Desk, trained_versions: list[ModelVersion]
) -> None:
    """Terminal, tag and run have the reason; the alias moves only to the better version."""
    register(desk, trained_versions[1])
    desk.baton("promote", "1")

    worse = desk.try_baton("train", *STUMP, "--promote")
    assert worse.returncode == 1
    assert worse.stdout == "2\n"
    last = worse.stderr.splitlines()[-1]
    assert "version 2 is registered but not promoted: its gate failed" in last
    assert "baton promote 2 --force" in last
    assert any(line.split()[:2] == ["ROC", "AUC"] and line.endswith("failed")
               for line in worse.stderr.splitlines())  # fmt: skip
    assert read_aliases(desk) == {"production": "1"}
    version, document = read_gate(desk, "2")
    assert version.tags["baton.gate"] == document["verdict"]
    assert worse.stderr.count(document["verdict"]) == 1
    assert document["figures"]["gate_roc_auc_difference_high"] < -0.01
    assert desk.try_baton("promote", "2").returncode == 1
    comparison = json.loads(desk.baton("compare", "production", "2", "--json"))
    assert comparison["versions"] == ["1", "2"]
    assert comparison["facts"]["gate"] == ["passed", version.tags["baton.gate"]]
    assert comparison["held_out"]["difference"] < -0.01

    better = desk.train("--promote")
    assert better == "3"
    assert read_aliases(desk) == {"production": "3", "challenger": "3"}
    version, document = read_gate(desk, "3")
    assert version.tags["baton.gate"] == document["verdict"] == "passed"
    assert document["production"] == "1"
    assert document["figures"]["gate_roc_auc_difference"] > 0
    assert desk.history() == [(None, "1", "promote"), ("1", "3", "promote")]


def test_version_is_reproduced_from_its_own_table_only(stocked_desk: Desk) -> None:
    """The same table gives the same figures and outputs; another table is rejected."""
    report = json.loads(stocked_desk.baton("reproduce", "1", "--json"))
    assert report["agrees"]
    assert report["outputs"]["max_abs_diff"] == 0
    changed = stocked_desk.folder / "changed.csv"
    write_changed_table(changed)
    done = stocked_desk.try_baton("reproduce", "1", "--data", str(changed))
    assert done.returncode == 1
    assert done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert "changed.csv is not the table that version 1 was trained on" in last


def write_changed_table(file: Path) -> None:
    """Writes the built-in table with one changed cell."""
    head, first, *rest = csv.reader(churn.generate().to_csv(index=False).splitlines())
    first[head.index("tenure")] = str(int(first[head.index("tenure")]) + 1)
    with file.open("w", newline="") as target:
        csv.writer(target).writerows([head, first, *rest])


def read_aliases(desk: Desk) -> dict[str, str]:
    client = mlflow.MlflowClient(desk.tracking_uri)
    return dict(client.get_registered_model(desk.model).aliases)


def read_gate(desk: Desk, number: str) -> tuple[ModelVersion, dict[str, Any]]:
    """Returns a version and the gate document of its run."""
    with desk.registry as registry:
        version = registry.get_version(desk.model, number)
    mlflow.set_tracking_uri(desk.tracking_uri)
    return version, mlflow.artifacts.load_dict(f"runs:/{version.run_id}/gate.json")
