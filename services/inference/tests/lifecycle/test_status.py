"""The state that `/status` reports."""

import pytest

from baton_inference.lifecycle.status import State, derive_state


@pytest.mark.parametrize(
    ("is_filled", "is_loading", "is_healthy", "state"),
    [
        (False, True, True, "loading"),
        (False, True, False, "loading"),
        (False, False, True, "waiting"),
        (False, False, False, "waiting"),
        (True, True, False, "degraded"),
        (True, False, False, "degraded"),
        (True, True, True, "swapping"),
        (True, False, True, "serving"),
    ],
)
def test_the_first_state_that_holds(
    *, is_filled: bool, is_loading: bool, is_healthy: bool, state: State
) -> None:
    """The contract defines the order of the states."""
    result = derive_state(is_filled=is_filled, is_loading=is_loading, is_healthy=is_healthy)
    assert result == state
