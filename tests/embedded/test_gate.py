"""The gate as its user meets it: a worse version is stopped, a better one goes to production."""

import csv
import json
from pathlib import Path
from typing import Any

import mlflow

from baton_registry import ModelVersion
from baton_trainer.tables import churn
from tests.support.rig.desk import Desk, register

STUMP = ("--estimator", "random_forest", "--param", "n_estimators=1", "--param", "max_depth=1")


def test_a_worse_version_is_stopped_and_a_better_one_is_promoted(
    desk: Desk, trained_versions: list[ModelVersion]
) -> None:
    """Terminal, tag and run say why, and the alias moves for the better one alone."""
    register(desk, trained_versions[1])
    desk.baton("promote", "1")

    worse = desk.try_baton("train", *STUMP, "--promote")
    assert worse.returncode == 1
    assert worse.stdout == "2\n"
    last = worse.stderr.splitlines()[-1]
    assert last.startswith("baton: version 2 is registered and not promoted: its gate failed: ROC")
    assert "baton promote 2 --force" in last
    assert any(line.split()[:2] == ["ROC", "AUC"] and line.endswith("failed")
               for line in worse.stderr.splitlines())  # fmt: skip
    assert aliases(desk) == {"production": "1"}
    version, document = recorded(desk, "2")
    assert version.tags["baton.gate"] == document["verdict"]
    assert document["verdict"] in " ".join(last.split())
    assert document["figures"]["gate_roc_auc_difference_high"] < -0.01
    assert desk.try_baton("promote", "2").returncode == 1
    beside = json.loads(desk.baton("compare", "production", "2", "--json"))
    assert beside["versions"] == ["1", "2"]
    assert beside["facts"]["gate"] == ["passed", version.tags["baton.gate"]]
    assert beside["held_out"]["difference"] < -0.01

    better = desk.train("--promote")
    assert better == "3"
    assert aliases(desk) == {"production": "3", "challenger": "3"}
    version, document = recorded(desk, "3")
    assert version.tags["baton.gate"] == document["verdict"] == "passed"
    assert document["production"] == "1"
    assert document["figures"]["gate_roc_auc_difference"] > 0
    assert desk.history() == [(None, "1", "promote"), ("1", "3", "promote")]


def test_a_version_is_reproduced_from_its_own_table_alone(stocked_desk: Desk) -> None:
    """The same table gives the same figures and outputs; another one is told from it."""
    found = json.loads(stocked_desk.baton("reproduce", "1", "--json"))
    assert found["agrees"]
    assert found["outputs"]["max_abs_diff"] == 0
    changed = stocked_desk.folder / "changed.csv"
    write_changed(changed)
    done = stocked_desk.try_baton("reproduce", "1", "--data", str(changed))
    assert done.returncode == 1
    assert done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert "changed.csv is not the table that version 1 was trained on" in last


def write_changed(file: Path) -> None:
    """The built-in table with one cell that is not as it was."""
    head, first, *rest = csv.reader(churn.generate().to_csv(index=False).splitlines())
    first[head.index("tenure")] = str(int(first[head.index("tenure")]) + 1)
    with file.open("w", newline="") as target:
        csv.writer(target).writerows([head, first, *rest])


def aliases(desk: Desk) -> dict[str, str]:
    client = mlflow.MlflowClient(desk.tracking_uri)
    return dict(client.get_registered_model(desk.model).aliases)


def recorded(desk: Desk, number: str) -> tuple[ModelVersion, dict[str, Any]]:
    """A version, and the verdict that its run has."""
    with desk.registry as registry:
        version = registry.get_version(desk.model, number)
    mlflow.set_tracking_uri(desk.tracking_uri)
    return version, mlflow.artifacts.load_dict(f"runs:/{version.run_id}/gate.json")
