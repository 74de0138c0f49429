"""API keys and the file that holds their hashes."""

import hashlib

import pytest

from baton_registry.api_keys import Scope, generate_key, parse_keys

HASH = hashlib.sha256(b"baton_secret").hexdigest()


def test_a_new_key_is_known_by_its_line() -> None:
    """The line holds the hash and not the key; with it, the key is found."""
    secret, key = generate_key("crm", [Scope.OPERATIONS, Scope.SCORING])
    assert key.line.startswith("crm  scoring,operations  ")
    assert secret not in key.line + repr(key)
    assert secret.startswith("baton_")
    assert len(secret) >= 43
    assert parse_keys(key.line).find(secret.encode()) == key


def test_a_file_holds_several_keys_with_their_scopes() -> None:
    """Comments and blank lines count for nothing, and each key lets in to its own."""
    _, other = generate_key("other", [Scope.OPERATIONS])
    ring = parse_keys(f"# keys\n\ncrm scoring {HASH}  # the nightly job\n{other.line}\n")
    assert len(ring) == 2
    found = ring.find(b"baton_secret")
    assert found is not None
    assert (found.name, [*found.scopes]) == ("crm", [Scope.SCORING])
    assert ring.find(b"") is ring.find(HASH.encode()) is ring.find(b"baton_secre") is None


def test_a_file_of_comments_lets_nobody_in() -> None:
    """That is how all keys are taken back; an empty file is one that was cut off."""
    assert len(parse_keys("# nobody\n")) == 0
    for text in ("", " \n"):
        with pytest.raises(ValueError, match="empty"):
            parse_keys(text)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("crm", "NAME SCOPES SHA256"),
        (f"crm scoring {HASH} more", "NAME SCOPES SHA256"),
        (f"crm all {HASH}", "scopes are scoring, operations"),
        (f"crm scoring, {HASH}", "scopes are"),
        ("crm scoring baton_secret", "SHA-256"),
        (f"crm scoring {HASH.upper()}", "SHA-256"),
        (f"crm/1 scoring {HASH}", "a name has"),
    ],
)
def test_a_bad_line_is_told_by_its_number(line: str, word: str) -> None:
    """And what stands there is not repeated: it may be a key that got into the wrong file."""
    with pytest.raises(ValueError, match=rf"^line 2: .*{word}") as caught:
        parse_keys(f"# keys\n{line}\n")
    assert "baton_secret" not in str(caught.value)


def test_a_name_that_cannot_stand_in_the_file_is_refused() -> None:
    """A space or a comment sign would make another line of it."""
    for name in ("", "a b", "a#b", "a" * 65):
        with pytest.raises(ValueError, match="a name has"):
            generate_key(name, [Scope.SCORING])
