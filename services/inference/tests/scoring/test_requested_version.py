"""The model and version that a request names."""

import pytest

from baton_inference.errors import NotServed
from baton_inference.scoring.requested_version import RequestedVersion
from tests.support.fakes.live_version import make_live_version


def test_only_the_serving_version_passes() -> None:
    """A request may name its model alone. Versions are compared as strings."""
    serving = make_live_version(version="7")
    RequestedVersion("churn_model").check(serving)
    RequestedVersion("churn_model", "7").check(serving)
    for requested in (
        RequestedVersion("other"),
        RequestedVersion("churn_model", "8"),
        RequestedVersion("churn_model", "07"),
    ):
        with pytest.raises(NotServed):
            requested.check(serving)
