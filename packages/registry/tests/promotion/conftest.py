"""Fixtures of the promotion tests."""

import pytest

from tests.support.fakes.operator import Operator


@pytest.fixture
def operator() -> Operator:
    return Operator()
