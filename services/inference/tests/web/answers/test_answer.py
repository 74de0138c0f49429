"""An answer as bare ASGI."""

import asyncio

from baton_inference.web.answers.answer import Answer, Message


def test_answer_is_two_messages() -> None:
    """The head has type, length, id and the extra headers; the body follows."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    answer = Answer(418, b"short and stout", b"text/plain", ((b"x-tea", b"yes"),))
    asyncio.run(answer.send(send, "id-1"))
    assert sent == [
        {
            "type": "http.response.start",
            "status": 418,
            "headers": (
                (b"content-type", b"text/plain"),
                (b"content-length", b"15"),
                (b"x-request-id", b"id-1"),
                (b"x-tea", b"yes"),
            ),
        },
        {"type": "http.response.body", "body": b"short and stout"},
    ]
