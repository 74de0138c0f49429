"""Faults that take a minute; they start with the first test of this folder."""

from collections.abc import Mapping
from concurrent.futures import Future

import pytest

from tests.support.documents.reliability import RecordRow
from tests.support.faults.long_faults import Row


@pytest.mark.fault("store: an HTML page replaces every file")
def test_html_page_replaces_files(
    running_faults: Mapping[str, Future[Row]], record_row: RecordRow
) -> None:
    """Inference rejects it and retries a minute later."""
    record_row(*running_faults["page_for_files"].result())


@pytest.mark.fault("versions: the model loops for ever")
def test_endless_model(running_faults: Mapping[str, Future[Row]], record_row: RecordRow) -> None:
    """The load fails after half a minute, and the next version loads."""
    record_row(*running_faults["endless_model"].result())
