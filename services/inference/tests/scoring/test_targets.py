"""The model and version that a path names."""

import pytest

from baton_inference.errors import NotServed
from baton_inference.scoring.targets import Target, infer_target
from tests.support.inference_fakes import served


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/v2/models/m/infer", Target("m")),
        ("/v2/models/m 1/versions/7/infer", Target("m 1", "7")),
        ("/v2/models/m/versions/infer", None),
        ("/v2/models//infer", None),
        ("/v2/models/m/ready", None),
        ("/v2/models/m/infer/", None),
        ("/v2/models/a/b/infer", None),
        ("/predict", None),
    ],
)
def test_infer_paths(path: str, target: Target | None) -> None:
    """Only the two paths of inference name a target."""
    assert infer_target(path) == target


def test_only_what_is_served() -> None:
    """The served model is found, with its version or without; others are not."""
    now = served(version="7")
    Target("churn_model").check(now)
    Target("churn_model", "7").check(now)
    for target in (Target("other"), Target("churn_model", "8"), Target("churn_model", "07")):
        with pytest.raises(NotServed):
            target.check(now)
