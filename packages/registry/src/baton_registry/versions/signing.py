"""Signatures of versions. They protect against write access to the registry or its store.

The trainer signs the model's name, the manifest's checksum and the gate's verdict. Versions without
a manifest have an older form: the checksums of the files and of the data. The number is not signed,
because the registry assigns it: the same files may be registered again under the same name. The
alias is not signed: it may be moved to any signed version. Signatures are Ed25519 (RFC 8032) in the
tag `baton.signature.<key id>`, so a version may have signatures of two keys during a rotation.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
"""The context of the signed bytes. Every form of message has its own."""
OLDER_CONTEXT = "baton model version, 1"
"""The context for versions without a manifest."""
ID_LENGTH = 16


@dataclass(frozen=True)
class TrustedKey:
    """A trusted public key.

    Attributes:
        id: the first 16 hex digits of the raw key's SHA-256, used in the tag.
        raw: the 32 bytes.
    """

    id: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True)
class SigningKey:
    """A private key. Create it with `keys.parse_signing_key`.

    Attributes:
        raw: the 32 bytes.
    """

    raw: bytes = field(repr=False)

    @property
    def public(self) -> TrustedKey:
        """The public key."""
        return create_trusted_key(self._load_private().public_key().public_bytes_raw())

    def sign(self, name: str, tags: Mapping[str, str]) -> tuple[str, str]:
        """Signs a version of the model `name` with these tags, and returns the signature's tag."""
        signature = self._load_private().sign(encode_signed(ModelVersion(name, "", tags=tags)))
        return SIGNATURE_TAG_PREFIX + self.public.id, base64.b64encode(signature).decode()

    def _load_private(self) -> "Ed25519PrivateKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
            Ed25519PrivateKey,
        )

        return Ed25519PrivateKey.from_private_bytes(self.raw)


def encode_signed(version: ModelVersion) -> bytes:
    """Encodes the signed facts as canonical JSON: sorted keys, ASCII, no white space."""
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
    """Checks that a trusted key signed the version. Without trusted keys every version passes.

    Raises:
        NotSigned: no trusted key signed it, or the version was altered.
    """
    if not trusted:
        return
    tags = version.tags
    signatures = [
        (key, tags[tag]) for key in trusted if (tag := SIGNATURE_TAG_PREFIX + key.id) in tags
    ]
    if not signatures or not version.records_checksums:
        raise NotSigned(
            f"version {version.version} is not signed by a trusted key; train it with"
            " BATON_SIGNING_KEY, or check BATON_TRUSTED_KEYS"
        )
    signed = encode_signed(version)
    if not any(_is_valid(key, signature, signed) for key, signature in signatures):
        raise NotSigned(
            f"the signature of version {version.version} does not match its name, checksums and"
            " gate: they were altered, or the signature was copied; train it again"
        )


def create_trusted_key(raw: bytes) -> TrustedKey:
    """Creates a trusted key from its 32 bytes."""
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
