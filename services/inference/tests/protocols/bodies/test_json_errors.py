"""The description of a text that is not JSON."""

import msgspec
import pytest

from baton_inference.protocols.bodies.json_errors import describe_json_error

ERROR = ValueError("cut off")


@pytest.mark.parametrize(
    "text",
    [
        rb'"\ud800"',
        rb'"\uD800 and more"',
        rb'"\udc00"',
        rb'"\ud800\u0041"',
        rb'"\ud800\ud800\udc00"',
        rb'"\ud800\udc00\udc00"',
        rb'"\\\ud800"',
        rb'{"\udFFF": 1}',
    ],
)
def test_a_lone_surrogate_is_named(text: bytes) -> None:
    """It is either half of a pair, in a value or a name, or after an escaped backslash."""
    for content in (text, msgspec.Raw(text)):
        assert "lone surrogate" in describe_json_error(content, ERROR)
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(text)


@pytest.mark.parametrize("text", [rb'"\ud83d\ude00', rb'"\\ud800', rb'"\\\\udc00', rb'"ud800', b""])
def test_other_errors_have_msgspecs_message(text: bytes) -> None:
    """A whole pair and an escaped backslash are not lone surrogates."""
    assert describe_json_error(text, ERROR) == "the body is not JSON: cut off"
