"""A regression in the stack: a second model of the same registry, in a container of its own."""

import csv
import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from tests.support.rig.process import wait_until
from tests.support.stack.containers import Stack
from tests.support.trainer import housing

MODEL = "house_price"
TRAIN = ("train", "--data", "/data/houses.csv", "--target", housing.TARGET)
STUMP = ("--estimator", "random_forest", "--param", "n_estimators=1", "--param", "max_depth=1")
NAME = ("-e", f"BATON_MODEL_NAME={MODEL}")
ROWS = 20
ASK = """
import sys, httpx
method, path, body = sys.argv[1:]
headers = {"Content-Type": "application/json"}
try:
    print(httpx.request(method, "http://127.0.0.1:8000" + path, content=body, headers=headers).text)
except httpx.ConnectError:  # it does not listen yet
    print("{}")
"""


class Houses:
    """The model, its verbs, and its inference container."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.table = housing.generate(1_200)
        file = stack.data / "houses.csv"
        self.table.to_csv(file, index=False)
        file.chmod(0o644)
        self.container = ""

    def baton(self, *arguments: str, code: int = 0) -> str:
        """Runs a verb with this model's name."""
        run = ("docker", "compose", "run", "--rm", "--no-deps", "-T", *NAME, "trainer")
        return self.stack.run(*run, *arguments, code=code)

    def serve(self) -> None:
        """Starts inference of this model, beside that of the stack's own."""
        run = ("run", "-d", "--no-deps", *NAME, "inference")
        self.container = self.stack.docker(*run).split()[-1]

    def ask(self, method: str, path: str, body: str = "") -> dict[str, Any]:
        """Asks this model's inference, from within its container."""
        command = ("docker", "exec", self.container, "python", "-c", ASK, method, path, body)
        answer: dict[str, Any] = json.loads(self.stack.run(*command))
        return answer

    def wait_until_serving(self, version: str) -> None:
        """Waits until a version answers."""

        def is_serving() -> bool:
            serving = self.ask("GET", "/status").get("serving")
            return serving is not None and bool(serving["version"] == version)

        wait_until(is_serving, 60, f"version {version} of {MODEL} serves")

    def predict(self) -> list[float]:
        """Scores the first rows."""
        rows = self.table.head(ROWS).drop(columns=housing.TARGET)
        body = json.dumps({"instances": json.loads(rows.to_json(orient="records"))})
        return [each["value"] for each in self.ask("POST", "/predict", body)["predictions"]]

    def remove(self) -> None:
        """Removes the container."""
        if self.container:
            self.stack.run("docker", "rm", "-f", self.container)


@pytest.fixture
def houses(stack: Stack) -> Iterator[Houses]:
    made = Houses(stack)
    yield made
    made.remove()


def test_regression_lives_in_the_stack(houses: Houses) -> None:
    """Train, a worse challenger stopped, promote, score a file, roll back."""
    assert houses.baton(*TRAIN, "--promote").split()[-1] == "1"
    refusal = houses.baton(*TRAIN, *STUMP, "--promote", code=1)
    assert "its gate failed" in refusal.splitlines()[-1]
    better = houses.baton(*TRAIN, "--estimator", "hist_gradient_boosting", "--promote")
    assert better.split()[-1] == "3"

    houses.serve()
    houses.wait_until_serving("3")
    served = houses.predict()
    scored = [*csv.DictReader(houses.baton("score", "/data/houses.csv").splitlines())]
    assert len(scored) == len(houses.table)
    assert [float(row["value"]) for row in scored[:ROWS]] == pytest.approx(served)
    prices = houses.table[housing.TARGET]
    assert pd.Series(served).corr(prices.head(ROWS)) > 0.8

    houses.baton("rollback")
    houses.wait_until_serving("1")
    assert houses.predict() != pytest.approx(served)
