"""The child's last line."""

import pytest

from baton_trainer.importing.isolation.child.__main__ import describe
from baton_trainer.importing.isolation.child.errors import NotImportable


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotImportable("it holds\n2 models"), "it holds 2 models"),
        (ValueError("bad shape"), "ValueError: bad shape"),
        (KeyError(), "KeyError"),
    ],
)
def test_only_errors_of_libraries_are_named(error: Exception, expected: str) -> None:
    assert describe(error) == expected
