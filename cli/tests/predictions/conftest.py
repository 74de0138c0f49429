"""Fixtures of these tests."""

from pathlib import Path

import pytest

from tests.support.cli.labelled_log import Counter


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)
