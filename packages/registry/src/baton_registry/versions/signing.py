"""Signed versions: who can write to the registry or its store still cannot make one that serves.

The trainer signs what it vouches for: the model's name, the checksum of the manifest, which holds
everything else that is recorded, and the gate's verdict. A version from before there was a manifest
is signed in an older form, with each file's checksum and the data's. The number is the registry's
to give and is not signed: the same files registered once more, under the same name, are as good as
before. Nor is the alias: it may be moved to any version that was signed. Signatures are Ed25519
(RFC 8032); each is a tag of its own, `baton.signature.<key id>`, so that a version may carry those
of two keys while keys are rotated.

Keys are PEM as `openssl genpkey -algorithm ed25519` and `baton keys signing` make it, or the one
line of base64 between PEM's markers. `cryptography` takes 40 ms and 10 MB to import: nothing here
does so before a key is given.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from baton_registry.errors import NotSigned
from baton_registry.versions.model_version import (
    DATA_CHECKSUM_TAG,
    GATE_TAG,
    MANIFEST_TAG,
    ModelVersion,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNATURE_TAG_PREFIX = "baton.signature."
CONTEXT = "baton model version, 2"
"""What the bytes are signed as; another kind of message, or another form of it, has another."""
OLDER_CONTEXT = "baton model version, 1"
"""That of a version without a manifest."""
ID_LENGTH = 16

_MARKERS = re.compile(r"-----[^-]+-----")


@dataclass(frozen=True)
class TrustedKey:
    """A public key whose signatures count.

    Attributes:
        id: the first 16 hex digits of the SHA-256 of the raw key; names its tag.
        raw: the 32 bytes.
    """

    id: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True)
class SigningKey:
    """The private half; made by `parse_signing_key`.

    Attributes:
        raw: the 32 bytes.
    """

    raw: bytes = field(repr=False)

    @property
    def public(self) -> TrustedKey:
        """What checks its signatures."""
        return _trusted(self._private().public_key().public_bytes_raw())

    def sign(self, name: str, tags: Mapping[str, str]) -> tuple[str, str]:
        """The tag that signs a version of the model `name` that has these other tags."""
        signature = self._private().sign(encode_signed(ModelVersion(name, "", tags=tags)))
        return SIGNATURE_TAG_PREFIX + self.public.id, base64.b64encode(signature).decode()

    def _private(self) -> "Ed25519PrivateKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
            Ed25519PrivateKey,
        )

        return Ed25519PrivateKey.from_private_bytes(self.raw)


def encode_signed(version: ModelVersion) -> bytes:
    """The bytes that are signed: JSON without a choice, keys sorted, ASCII, no white space."""
    tags = version.tags
    document: dict[str, Any] = {"model": version.name, "gate": tags.get(GATE_TAG)}
    if MANIFEST_TAG in tags:
        document |= {"context": CONTEXT, "manifest": tags[MANIFEST_TAG]}
    else:
        document |= {
            "context": OLDER_CONTEXT,
            "files": version.checksums,
            "data_sha256": tags.get(DATA_CHECKSUM_TAG),
        }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def check_signature(version: ModelVersion, trusted: Sequence[TrustedKey]) -> None:
    """Lets a version pass that a trusted key has signed; any, where there are no trusted keys.

    Raises:
        NotSigned: none has, or what it signed is not this.
    """
    if not trusted:
        return
    tags = version.tags
    found = [(key, tags[tag]) for key in trusted if (tag := SIGNATURE_TAG_PREFIX + key.id) in tags]
    if not found or not version.records_checksums:
        raise NotSigned(
            f"version {version.version} is not signed by a trusted key; train it with"
            " BATON_SIGNING_KEY, or see BATON_TRUSTED_KEYS"
        )
    signed = encode_signed(version)
    if not any(_is_valid(key, signature, signed) for key, signature in found):
        raise NotSigned(
            f"the signature of version {version.version} is not one of its name, checksums and"
            " gate; somebody altered them, or copied the signature"
        )


def parse_signing_key(text: str) -> SigningKey:
    """A private key.

    Raises:
        ValueError: it is none; the text does not repeat it.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PrivateKey,
    )
    from cryptography.hazmat.primitives.serialization import load_der_private_key  # noqa: PLC0415

    load = partial(load_der_private_key, password=None)
    keys = [_key_or_none(load, der) for der in _ders(text)]
    if len(keys) != 1 or not isinstance(keys[0], Ed25519PrivateKey):
        raise ValueError("an Ed25519 private key in PEM; make one by: baton keys signing FILE")
    return SigningKey(keys[0].private_bytes_raw())


def parse_trusted_keys(text: str) -> tuple[TrustedKey, ...]:
    """Public keys: PEM blocks one after the other, or their base64 lines separated by commas.

    Raises:
        ValueError: one is none, or there is none.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415

    trusted = []
    for der in _ders(text):
        key = _key_or_none(load_der_public_key, der)
        if not isinstance(key, Ed25519PublicKey):
            break
        trusted.append(_trusted(key.public_bytes_raw()))
    else:
        if trusted:
            return tuple(trusted)
    raise ValueError("Ed25519 public keys in PEM, or the base64 of each, comma-separated")


def generate_key_pair() -> tuple[str, str]:
    """A new private key in PEM, and the base64 line of its public key."""
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


def _ders(text: str) -> list[bytes]:
    """What PEM blocks or base64 words hold: an Ed25519 key is one line of base64."""
    words = re.split(r"[\s,]+", _MARKERS.sub(" ", text))
    try:
        return [base64.b64decode(word, validate=True) for word in words if word]
    except binascii.Error:
        return []


def _key_or_none(load: Callable[[bytes], Any], der: bytes) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415

    try:
        return load(der)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def _trusted(raw: bytes) -> TrustedKey:
    return TrustedKey(hashlib.sha256(raw).hexdigest()[:ID_LENGTH], raw)


def _is_valid(key: TrustedKey, signature: str, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )

    try:
        raw_signature = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(key.raw).verify(raw_signature, signed)
    except (binascii.Error, InvalidSignature):
        return False
    return True
