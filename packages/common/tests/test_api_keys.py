"""The API key file."""

import hashlib

import pytest

from baton_common.api_keys import Scope, generate_key, parse_keys

HASH = hashlib.sha256(b"baton_secret").hexdigest()


def test_generated_key_is_found_by_its_line() -> None:
    """The line has the hash, not the key."""
    secret, key = generate_key("crm", [Scope.OPERATIONS, Scope.SCORING, Scope.FEEDBACK])
    assert key.line.startswith("crm  scoring,feedback,operations  ")
    assert secret not in key.line + repr(key)
    assert secret.startswith("baton_")
    assert len(secret) >= 43
    assert parse_keys(key.line).find(secret.encode()) == key


def test_file_with_several_keys() -> None:
    """Comments and blank lines are ignored."""
    _, other = generate_key("other", [Scope.OPERATIONS])
    ring = parse_keys(f"# keys\n\ncrm scoring {HASH}  # the nightly job\n{other.line}\n")
    assert len(ring) == 2
    key = ring.find(b"baton_secret")
    assert key is not None
    assert (key.name, [*key.scopes]) == ("crm", [Scope.SCORING])
    assert ring.find(b"") is ring.find(HASH.encode()) is ring.find(b"baton_secre") is None


def test_comments_alone_deny_all_access() -> None:
    """An empty file is rejected: it may be incomplete."""
    assert len(parse_keys("# no keys\n")) == 0
    for text in ("", " \n"):
        with pytest.raises(ValueError, match="empty"):
            parse_keys(text)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("crm", "NAME SCOPES SHA256"),
        (f"crm scoring {HASH} more", "NAME SCOPES SHA256"),
        (f"crm all {HASH}", "scopes must be scoring or feedback or operations"),
        (f"crm scoring, {HASH}", "scopes must"),
        ("crm scoring baton_secret", "SHA-256"),
        (f"crm scoring {HASH.upper()}", "SHA-256"),
        (f"crm/1 scoring {HASH}", "a name must"),
    ],
)
def test_error_names_the_line_number(line: str, word: str) -> None:
    """The error does not quote the line, which may be a key."""
    with pytest.raises(ValueError, match=rf"^line 2: .*{word}") as caught:
        parse_keys(f"# keys\n{line}\n")
    assert "baton_secret" not in str(caught.value)


def test_invalid_name_is_rejected() -> None:
    """A space or # would change the line."""
    for name in ("", "a b", "a#b", "a" * 65):
        with pytest.raises(ValueError, match="a name must"):
            generate_key(name, [Scope.SCORING])
