"""The API key file, which inference reads and `baton keys api` extends.

    # name      scopes                 SHA-256 of the key
    crm         scoring                9f86d081884c7d65…
    billing     feedback               2c26b46b68ffc68f…
    on-call     scoring,operations     60303ae22b998861…

Keys are 256 random bits, so a plain SHA-256 is safe. Passwords would need bcrypt, which costs
100 ms per request.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

PREFIX = "baton_"
"""The prefix of every key. Secret scanners recognise it."""


class Scope(StrEnum):
    """What a key gives access to."""

    SCORING = "scoring"
    FEEDBACK = "feedback"
    OPERATIONS = "operations"


@dataclass(frozen=True)
class ApiKey:
    """One line of the file.

    Attributes:
        name: the owner, for people.
        scopes: what the key gives access to.
        digest: the SHA-256 of the key.
    """

    name: str
    scopes: frozenset[Scope]
    digest: bytes = field(repr=False)

    @property
    def line(self) -> str:
        """The key as a line of the file."""
        scopes = ",".join(scope for scope in Scope if scope in self.scopes)
        return f"{self.name}  {scopes}  {self.digest.hex()}"


class KeyRing:
    """The keys of an API key file."""

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        self._by_digest = {key.digest: key for key in keys}

    def __len__(self) -> int:
        return len(self._by_digest)

    def find(self, secret: bytes) -> ApiKey | None:
        """Returns the key with this secret, or None.

        The lookup time reveals nothing: it compares digests, and an attacker cannot choose a
        digest's beginning.
        """
        return self._by_digest.get(hashlib.sha256(secret).digest())


def generate_key(name: str, scopes: Iterable[Scope]) -> tuple[str, ApiKey]:
    """Generates a secret, and the key to store for it.

    Raises:
        ValueError: the name has characters that the file does not allow.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    digest = hashlib.sha256(secret.encode()).digest()
    return secret, ApiKey(_check_name(name), frozenset(scopes), digest)


def parse_keys(text: str) -> KeyRing:
    """Parses the content of an API key file. Blank lines and comments after `#` are allowed.

    A file that holds only comments has no keys and denies all access. An empty file is rejected,
    because it may be incomplete.

    Raises:
        ValueError: the file is empty, or a line is invalid; the message names its number.
    """
    if not text.strip():
        raise ValueError("it is empty; to deny all access, write a comment into it")
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
    if len(words) != 3:  # noqa: PLR2004 - see the message
        raise ValueError("expected NAME SCOPES SHA256; create a line with `baton keys api NAME`")
    name, scopes, digest = words
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError("the last field must be a SHA-256 in lower-case hex")
    return ApiKey(
        _check_name(name), frozenset(map(_parse_scope, scopes.split(","))), bytes.fromhex(digest)
    )


def _check_name(word: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._@-]{1,64}", word):
        raise ValueError("a name must have 1 to 64 characters: letters, digits, . _ @ -")
    return word


def _parse_scope(word: str) -> Scope:
    try:
        return Scope(word)
    except ValueError as error:
        raise ValueError(f"scopes must be {' or '.join(Scope)}, separated by commas") from error
