"""The packages of an environment."""

import pytest

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.environment.requirement_lines import parse_lines
from baton_trainer.importing.isolation.environment.selection import list_exporters, select_packages
from baton_trainer.importing.isolation.flavor import Flavor

ADDED = ("arro3-core", "arro3-io", "packaging", "protobuf<7")


def select(lines: list[str], name: str = "sklearn", version: str = "1.9.1") -> list[str]:
    """Selects, without what each environment has."""
    flavor = Flavor(name, "model.pkl", libraries={"scikit-learn": version} if version else {})
    lines = list(select_packages(list(parse_lines(lines, "requirements.txt")), flavor))
    return [line for line in lines if line not in {*ADDED, *list_exporters()}]


def test_the_server_is_left_out() -> None:
    """MLflow is not needed to open a model of scikit-learn."""
    lines = ["mlflow==2.22.0", "scikit-learn==1.9.1", "numpy==2.4.6", "pandas==3.1.1"]

    assert select(lines) == lines[1:]


def test_a_wrapper_keeps_the_classes_of_mlflow() -> None:
    """Its class has a base class of MLflow's."""
    assert select(["mlflow==2.22.0", "pandas", "numpy==2.4.6"], "python_function", "") == [
        "mlflow-skinny==2.22.0",
        "pandas",
        "numpy==2.4.6",
    ]


def test_the_recorded_version_is_used() -> None:
    """Requirements without the flavor's library get the version in the MLmodel file."""
    assert select(["pandas==2.2.2"]) == ["pandas==2.2.2", "scikit-learn==1.9.1"]


@pytest.mark.parametrize(("version", "expected"), [("1.4.1", True), ("1.4.2", False)])
def test_old_wheels_get_an_old_numpy(version: str, *, expected: bool) -> None:
    """They do not load with numpy 2, which their metadata allows."""
    assert ("numpy<2" in select([f"scikit-learn=={version}"], version=version)) == expected


@pytest.mark.parametrize("version", ["1.4 @ https://evil.example/x.whl", "1\n--index-url x", "$X"])
def test_the_recorded_version_is_checked(version: str) -> None:
    """It comes from the MLmodel file, like the requirements from theirs."""
    with pytest.raises(ImportFailed, match="MLmodel"):
        select([], version=version)
