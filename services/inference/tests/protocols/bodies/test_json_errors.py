"""What is said of a text that is not JSON."""

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
    """Half of a pair, first or second, in a value or a name, also after an escaped backslash."""
    assert describe_json_error(text, ERROR) == "the body has a lone surrogate in a text"
    assert (
        describe_json_error(msgspec.Raw(text), ERROR) == "the body has a lone surrogate in a text"
    )
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(text)


@pytest.mark.parametrize("text", [rb'"\ud83d\ude00', rb'"\\ud800', rb'"\\\\udc00', rb'"ud800', b""])
def test_what_only_looks_like_one_is_not(text: bytes) -> None:
    """A pair, or a backslash of its own before the letters, is no fault: msgspec's words stand."""
    assert describe_json_error(text, ERROR) == "the body is not JSON: cut off"
