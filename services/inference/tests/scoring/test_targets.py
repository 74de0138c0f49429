"""The model and version that a request asks for."""

import pytest

from baton_inference.errors import NotServed
from baton_inference.scoring.targets import Target
from tests.support.fakes.live_version import make_live_version


def test_only_what_is_served() -> None:
    """The served model is found, with its version or without; others are not."""
    now = make_live_version(version="7")
    Target("churn_model").check(now)
    Target("churn_model", "7").check(now)
    for target in (Target("other"), Target("churn_model", "8"), Target("churn_model", "07")):
        with pytest.raises(NotServed):
            target.check(now)
