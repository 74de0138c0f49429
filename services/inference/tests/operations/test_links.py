"""Links to MLflow."""

from dataclasses import replace

from baton_inference.operations.links import Links, build_links
from tests.support.fakes.live_version import SERVING


def test_model_versions_and_run() -> None:
    """Each link is a page of MLflow."""
    assert build_links("http://mlflow", replace(SERVING, aspired_version="4")) == Links(
        model="http://mlflow/#/models/churn_model",
        aspired="http://mlflow/#/models/churn_model/versions/4",
        serving="http://mlflow/#/models/churn_model/versions/3",
        run="http://mlflow/#/runs/run-3",
    )


def test_missing_targets_have_no_link() -> None:
    """Without a version there is no link; a special name stays one part of the URL."""
    status = replace(SERVING, model_name='a/b"#', aspired_version=None, serving=None)
    assert build_links("http://mlflow", status) == Links(
        "http://mlflow/#/models/a%2Fb%22%23", None, None, None
    )
