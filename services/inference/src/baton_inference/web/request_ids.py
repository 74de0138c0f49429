"""The id of each request."""

import itertools
import re
import secrets
from collections.abc import Iterable


class RequestIds:
    """Chooses the id of each request: the caller's if it is well-formed, else a new one."""

    def __init__(self) -> None:
        # Unique, without a system call for each request.
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)
        self._is_well_formed = re.compile(rb"[A-Za-z0-9._-]{1,128}").fullmatch

    def choose(self, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """Returns the id for the request with these headers."""
        for name, value in headers:
            if name == b"x-request-id" and self._is_well_formed(value):
                return value.decode()
        return self.create()

    def create(self) -> str:
        """Returns an id that no other request has."""
        return f"{self._prefix}-{next(self._numbers):x}"
