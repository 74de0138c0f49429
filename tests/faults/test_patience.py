"""Faults that take a minute; they were begun with the first test of this folder."""

from collections.abc import Mapping
from concurrent.futures import Future

import pytest

from tests.support.documents.reliability import Tell
from tests.support.faults.patience import Row


@pytest.mark.fault("store: an HTML page replaces every file")
def test_a_page_in_place_of_files(begun: Mapping[str, Future[Row]], tell: Tell) -> None:
    """What is not the registered file is refused, and asked for again a minute later."""
    tell(*begun["page_for_files"].result())


@pytest.mark.fault("versions: the model loops for ever")
def test_a_model_that_never_ends(begun: Mapping[str, Future[Row]], tell: Tell) -> None:
    """The load ends as a failure after half a minute, and the next version is loaded."""
    tell(*begun["endless_model"].result())
