"""The model and version that a request names."""

import pytest

from baton_inference.errors import NotServed
from baton_inference.scoring.targets import Target
from tests.support.fakes.live_version import make_live_version


def test_only_the_serving_version_passes() -> None:
    """A request may name its model alone. Versions are compared as strings."""
    serving = make_live_version(version="7")
    Target("churn_model").check(serving)
    Target("churn_model", "7").check(serving)
    for target in (Target("other"), Target("churn_model", "8"), Target("churn_model", "07")):
        with pytest.raises(NotServed):
            target.check(serving)
