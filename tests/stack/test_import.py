"""`docker compose run --rm import`: a pickle is opened in a container that has nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.stack.containers import Stack

NAME = "stranger"
REGISTER = """
import pathlib, pickle, sys, tempfile, warnings
warnings.simplefilter("ignore")
import mlflow, numpy, pandas, sklearn
from mlflow.models import infer_signature
from sklearn.ensemble import RandomForestClassifier

class Attack:
    def __reduce__(self):
        return exec, (open(sys.argv[2]).read(), {})

rng = numpy.random.default_rng(0)
table = pandas.DataFrame(rng.normal(size=(1200, 3)), columns=["a", "b", "c"])
target = numpy.where(table.a + table.b > 0, "yes", "no")
table.to_csv(sys.argv[1], index=False)
model = RandomForestClassifier(10, random_state=0).fit(table, target)
requirements = [f"{each.__name__}=={each.__version__}" for each in (numpy, pandas)]
requirements += [f"scikit-learn=={sklearn.__version__}", "cloudpickle"]
options = {
    "signature": infer_signature(table, target),
    "pip_requirements": requirements,
    "serialization_format": "pickle",
}
for pickled in (model, Attack()):
    folder = pathlib.Path(tempfile.mkdtemp(), "model")
    mlflow.sklearn.save_model(model, folder, **options)
    (folder / "model.pkl").write_bytes(pickle.dumps(pickled))
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(folder), "model")
    mlflow.register_model(f"runs:/{run.info.run_id}/model", "stranger")
"""
ATTACK = """
import os, socket
found = []
def attempt(what):
    try: found.append(repr(what()))
    except OSError as error: found.append(type(error).__name__)
attempt(lambda: socket.create_connection(("tracking", 5000), timeout=3))
attempt(lambda: socket.create_connection(("192.0.2.1", 80), timeout=3))
attempt(lambda: os.listdir("/run/secrets"))
attempt(lambda: os.listdir("/data"))
attempt(lambda: open("/var/lib/baton/imports/x", "w"))
attempt(lambda: open("/opt/baton/x", "w"))
attempt(lambda: "BATON_ACTOR" in open("/proc/1/environ").read())
attempt(lambda: os.getuid())
raise RuntimeError("; ".join(found))
"""


@pytest.fixture(scope="module")
def stranger(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model that plain MLflow registered: version 1 is honest, version 2 attacks."""
    attack = tmp_path_factory.mktemp("attack") / "attack.py"
    attack.write_text(ATTACK, encoding="utf-8")
    rows = Path(stack.data) / "rows.csv"
    environment = {**os.environ, "MLFLOW_TRACKING_URI": stack.tracking_url}
    command = [sys.executable, "-c", REGISTER, str(rows), str(attack)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    rows.chmod(0o644)
    return NAME


def test_a_model_is_imported(stack: Stack, stranger: str) -> None:
    """The libraries come from the index, the model from the registry; the importer has neither."""
    arguments = (f"{stranger}/1", "--data", "/data/rows.csv", "--to", "imported")
    printed = stack.docker("run", "--rm", "-T", "import", *arguments)

    assert printed.split() == ["1"]
    (importer,) = stack.inspect("importer")
    assert importer["State"]["ExitCode"] == 0
    assert set(importer["NetworkSettings"]["Networks"]) == {"none"}
    assert [(each["Destination"], each["RW"]) for each in importer["Mounts"]] == [
        ("/var/lib/baton/imports", False)
    ]


def test_an_attack_finds_nothing(stack: Stack, stranger: str) -> None:
    """No network, no secret, no data, no file that it could write, no root."""
    arguments = (f"{stranger}/2", "--data", "/data/rows.csv", "--to", "attacked")
    command = ("docker", "compose", "run", "--rm", "-T", "import", *arguments)
    line = stack.run(*command, code=1).strip().splitlines()[-1]

    found = line.partition("RuntimeError: ")[2].split("; ")
    assert found == [
        "gaierror",
        "OSError",
        "FileNotFoundError",
        "FileNotFoundError",
        "OSError",
        "OSError",
        "False",
        "1000",
    ]


def test_the_trainer_says_how(stack: Stack, stranger: str) -> None:
    """Its container has no sandbox, and names the command that has one."""
    arguments = (f"{stranger}/1", "--data", "/data/rows.csv", "--to", "imported")
    command = ("docker", "compose", "run", "--rm", "--no-deps", "-T", "trainer", "import")

    assert "docker compose run --rm import" in stack.run(*command, *arguments, code=1)
