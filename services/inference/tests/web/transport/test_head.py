"""The head of an answer."""

import pytest

from baton_inference.web.answers.answer import Answer
from baton_inference.web.transport.head import encode_answer_head, encode_head


def test_headers_keep_their_order() -> None:
    """The date follows them."""
    head = encode_head(200, [(b"b", b"1"), (b"a", b"2")], b"D", closes=False)
    assert head == b"HTTP/1.1 200 OK\r\nb: 1\r\na: 2\r\ndate: D\r\n\r\n"


def test_the_last_answer_says_so() -> None:
    """Clients open another connection for their next request."""
    assert encode_head(431, (), b"D", closes=True) == (
        b"HTTP/1.1 431 Request Header Fields Too Large\r\ndate: D\r\nconnection: close\r\n\r\n"
    )


@pytest.mark.parametrize("value", [b"a\nb", b"a\rb", b"a\r\nset-cookie: c", b"\r\n\r\n"])
def test_line_break_is_an_error(value: bytes) -> None:
    """It would forge a header or an answer."""
    with pytest.raises(ValueError, match="line break"):
        encode_head(200, [(b"x", value)], b"D", closes=False)
    with pytest.raises(ValueError, match="line break"):
        encode_head(200, [(value, b"x")], b"D", closes=False)
    for answer in (Answer(200, b"", value), Answer(200, b"", headers=((b"x", value),))):
        with pytest.raises(ValueError, match="line break"):
            encode_answer_head(answer, "1", b"D", closes=False)


@pytest.mark.parametrize("closes", [False, True])
@pytest.mark.parametrize(
    "answer",
    [Answer(200, b"{}"), Answer(422, b"", b"text/csv", headers=((b"b", b"1"), (b"a", b"2")))],
)
def test_complete_answer_has_the_same_head(answer: Answer, *, closes: bool) -> None:
    for request_id in ("1", "2"):
        head = encode_head(answer.status, answer.build_headers(request_id), b"D", closes=closes)
        assert encode_answer_head(answer, request_id, b"D", closes=closes) == head
