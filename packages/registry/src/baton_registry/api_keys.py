"""API keys: what their file says, for the service that reads it and the command that fills it.

    # name      scopes                 SHA-256 of the key
    crm         scoring                9f86d081884c7d65…
    on-call     scoring,operations     60303ae22b998861…

A key is 256 random bits, which nobody finds again from a hash, however fast that is: SHA-256 is
enough, where passwords, which people choose, would need bcrypt and 100 ms of each request.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

PREFIX = "baton_"
"""Begins every key, so that scanners for secrets know one where they see it."""


class Scope(StrEnum):
    """What a key lets in to."""

    SCORING = "scoring"
    OPERATIONS = "operations"


@dataclass(frozen=True)
class ApiKey:
    """One line of the file.

    Attributes:
        name: whose it is; for people.
        scopes: what it lets in to.
        digest: the SHA-256 of the key.
    """

    name: str
    scopes: frozenset[Scope]
    digest: bytes = field(repr=False)

    @property
    def line(self) -> str:
        """The line of the file."""
        scopes = ",".join(scope for scope in Scope if scope in self.scopes)
        return f"{self.name}  {scopes}  {self.digest.hex()}"


class KeyRing:
    """The keys of one reading of the file."""

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        self._by_digest = {key.digest: key for key in keys}

    def __len__(self) -> int:
        return len(self._by_digest)

    def find(self, secret: bytes) -> ApiKey | None:
        """The key that this is; None where it is none.

        How long it takes tells nothing about any key: what is compared are digests, and nobody can
        make one that begins as another does.
        """
        return self._by_digest.get(hashlib.sha256(secret).digest())


def generate_key(name: str, scopes: Iterable[Scope]) -> tuple[str, ApiKey]:
    """A new secret, and what the file shall hold of it.

    Raises:
        ValueError: the name cannot stand in the file.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    digest = hashlib.sha256(secret.encode()).digest()
    return secret, ApiKey(_name(name), frozenset(scopes), digest)


def parse_keys(text: str) -> KeyRing:
    """The keys that the text of a file names; lines may be blank, or comments after `#`.

    A text of comments alone names no key, and so lets nobody in. An empty one is refused: it is
    one that is being written, or was cut off.

    Raises:
        ValueError: it is empty, or a line is not what it should be; the text names its number.
    """
    if not text.strip():
        raise ValueError("it is empty; a comment alone would shut everybody out")
    keys = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if words:
            try:
                keys.append(_parse(words))
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from error
    return KeyRing(keys)


def _parse(words: list[str]) -> ApiKey:
    if len(words) != 3:  # noqa: PLR2004 - as many as the message names
        raise ValueError("not NAME SCOPES SHA256; `baton keys api NAME` makes such a line")
    name, scopes, digest = words
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError("the last word is not a SHA-256 in lower-case hex")
    return ApiKey(_name(name), frozenset(map(_scope, scopes.split(","))), bytes.fromhex(digest))


def _name(word: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._@-]{1,64}", word):
        raise ValueError("a name has 1 to 64 letters, digits and . _ @ -")
    return word


def _scope(word: str) -> Scope:
    try:
        return Scope(word)
    except ValueError as error:
        raise ValueError(f"scopes are {', '.join(Scope)}, joined by commas") from error
