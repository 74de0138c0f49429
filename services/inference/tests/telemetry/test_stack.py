"""Where an exception came from."""

from baton_inference.telemetry.stack import stack_of


def test_tells_where_and_not_what() -> None:
    """The stack names the place and the type, and not the text, which may hold a value."""
    value = "a customer's name"
    try:
        int(value)
    except ValueError as error:
        stack = stack_of(error)
    assert "test_stack.py" in stack
    assert stack.endswith("builtins.ValueError")
    assert value not in stack.replace('value = "a customer', "")
