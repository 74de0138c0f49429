"""Keys for signing versions: parsing and generation.

Keys are PEM, as `openssl genpkey -algorithm ed25519` and `baton keys signing` create it, or the
base64 line between PEM's markers. `cryptography` takes 40 ms and 10 MB to import, so it is imported
only if a key is set.
"""

import base64
import binascii
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from baton_registry.versions.signing import SigningKey, TrustedKey, create_trusted_key

_MARKERS = re.compile(r"-----[^-]+-----")


def parse_signing_key(text: str) -> SigningKey:
    """Parses a private key.

    Raises:
        ValueError: the text is not a private key. The message does not quote it.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import load_der_private_key  # noqa: PLC0415

    load = partial(load_der_private_key, password=None)
    keys = [_load_or_none(load, der) for der in _decode_keys(text)]
    if len(keys) != 1 or not isinstance(keys[0], Ed25519PrivateKey):
        raise ValueError(
            "must be an Ed25519 private key in PEM; create one with: baton keys signing FILE"
        )
    return SigningKey(keys[0].private_bytes_raw())


def parse_trusted_keys(text: str) -> tuple[TrustedKey, ...]:
    """Parses public keys: PEM blocks, or their base64 lines separated by commas.

    Raises:
        ValueError: a key is invalid, or there is none.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415

    trusted = []
    for der in _decode_keys(text):
        key = _load_or_none(load_der_public_key, der)
        if not isinstance(key, Ed25519PublicKey):
            break
        trusted.append(create_trusted_key(key.public_bytes_raw()))
    else:
        if trusted:
            return tuple(trusted)
    raise ValueError("must be Ed25519 public keys: PEM, or base64 separated by commas")


def generate_key_pair() -> tuple[str, str]:
    """Generates a private key in PEM and the base64 line of its public key."""
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), base64.b64encode(public).decode()


def _decode_keys(text: str) -> list[bytes]:
    """Decodes PEM blocks or base64 words. An Ed25519 key is one line of base64."""
    words = re.split(r"[\s,]+", _MARKERS.sub(" ", text))
    try:
        return [base64.b64decode(word, validate=True) for word in words if word]
    except binascii.Error:
        return []


def _load_or_none(load: Callable[[bytes], Any], der: bytes) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415

    try:
        return load(der)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
