from importlib.util import find_spec

import pytest

from baton_trainer.models.families import CLASSIFIERS, DEFAULT
from baton_trainer.request import Train


def test_the_default_is_that_of_a_request() -> None:
    """`baton.toml` and the command line use the same."""
    assert Train().estimator == DEFAULT


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_package_of_a_family_is_installed(name: str) -> None:
    """A logged model requires its distribution if it uses the package."""
    assert find_spec(CLASSIFIERS[name].package)
