"""Links into MLflow."""

from dataclasses import replace

from baton_inference.operations.links import Links, links
from tests.support.fakes.live_version import SERVING


def test_model_versions_and_run() -> None:
    """Each is a page of MLflow's own."""
    assert links("http://mlflow", replace(SERVING, aspired_version="4")) == Links(
        model="http://mlflow/#/models/churn_model",
        aspired="http://mlflow/#/models/churn_model/versions/4",
        serving="http://mlflow/#/models/churn_model/versions/3",
        run="http://mlflow/#/runs/run-3",
    )


def test_nothing_to_link_to() -> None:
    """What is not there has no link; an odd name stays one part of the address."""
    status = replace(SERVING, model_name='a/b"#', aspired_version=None, serving=None)
    assert links("http://mlflow", status) == Links(
        "http://mlflow/#/models/a%2Fb%22%23", None, None, None
    )
