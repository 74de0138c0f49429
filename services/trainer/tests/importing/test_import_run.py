"""The choices of an import."""

import pytest

from baton_trainer.importing.import_run import choose_names


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [(("low", "high"), ("low", "high")), ((), ("y0", "y1")), (("low",), ("y0", "y1"))],
)
def test_outputs_have_the_names_of_the_schema(
    recorded: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert choose_names(recorded, ("y0", "y1")) == expected
