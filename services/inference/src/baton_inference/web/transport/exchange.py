"""One request on a connection, and the state of its answer."""


class Exchange:
    """A request, which may still arrive, and its answer.

    Attributes:
        method: e.g. `POST`; empty until the head is complete.
        target: the request target as it was sent.
        version: of HTTP, e.g. `1.1`.
        headers: with names in lower case.
        body: the part of the body that has arrived and was not taken yet.
        is_head: whether the head is incomplete.
        is_whole: whether the whole request has arrived.
        is_plain: whether it needs nothing special of HTTP: a POST without transfer encoding,
            `Expect` or upgrade, whose connection stays open.
        keeps_alive: whether another request may follow on the connection.
        is_answered: whether the answer has started, so that no other may be written.
        output: the bytes of an answer that waits for earlier answers.
    """

    __slots__ = (
        "body",
        "headers",
        "is_answered",
        "is_head",
        "is_plain",
        "is_whole",
        "keeps_alive",
        "method",
        "output",
        "target",
        "version",
    )

    def __init__(self) -> None:
        self.method = ""
        self.target = b""
        self.version = "1.1"
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: bytes | bytearray = b""
        self.is_head = self.is_plain = self.keeps_alive = True
        self.is_whole = self.is_answered = False
        self.output: bytes | None = None

    def add_body(self, piece: bytes) -> None:
        """Adds a piece that has arrived."""
        if not self.body:
            self.body = piece
            return
        if isinstance(self.body, bytes):  # else each small piece would copy all others
            self.body = bytearray(self.body)
        self.body += piece

    def take_body(self) -> bytes:
        """Returns what has arrived since the last call."""
        body, self.body = bytes(self.body), b""
        return body
