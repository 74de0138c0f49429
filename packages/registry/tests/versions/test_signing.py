"""Signed versions."""

import base64
import subprocess
import sys
from types import MappingProxyType

import pytest

from baton_registry.errors import NotSigned
from baton_registry.versions.keys import generate_key_pair, parse_signing_key, parse_trusted_keys
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signing import SigningKey, check_signature, encode_signed

TAGS = {
    "baton.sha256.MLmodel": "aa" * 32,
    "baton.sha256.model.onnx": "bb" * 32,
    "baton.data_sha256": "cc" * 32,
    "baton.gate": "passed",
    "note": "not signed",
}
NEWER_TAGS = {"baton.manifest": "ee" * 32, "baton.gate": "passed", "note": "not signed"}
# RFC 8032, 7.1, test 1: a public private key.
KNOWN_KEY = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"


@pytest.fixture
def key() -> SigningKey:
    return parse_signing_key(KNOWN_KEY)


def sign(key: SigningKey, name: str = "churn_model", **tags: str) -> ModelVersion:
    """Builds a version signed with `TAGS`, then replaces some `tags`."""
    tag, signature = key.sign(name, TAGS)
    return ModelVersion(name, "7", tags=MappingProxyType({**TAGS, tag: signature, **tags}))


def sign_with_manifest(key: SigningKey, **tags: str) -> ModelVersion:
    """Builds a version signed with `NEWER_TAGS`, then replaces some `tags`."""
    tag, signature = key.sign("churn_model", NEWER_TAGS)
    return ModelVersion(
        "churn_model", "7", tags=MappingProxyType({**NEWER_TAGS, tag: signature, **tags})
    )


def test_signed_bytes_without_a_manifest_do_not_change(key: SigningKey) -> None:
    """Signatures of existing versions must stay valid."""
    version = sign(key)
    assert encode_signed(version) == (
        b'{"context":"baton model version, 1","data_sha256":"' + b"cc" * 32 + b'","files":'
        b'{"MLmodel":"' + b"aa" * 32 + b'","model.onnx":"' + b"bb" * 32 + b'"},"gate":"passed",'
        b'"model":"churn_model"}'
    )
    assert version.tags["baton.signature.21fe31dfa154a261"] == (
        "eG8xua9mX/uJktGnXMUlyJ/uaLTbzNxUvvAE4Za1tkup8DvUcZ23nX+WmDTwvuR04QCL0BmDdMqK8jTJ912WDQ=="
    )


def test_signed_bytes_with_a_manifest_do_not_change(key: SigningKey) -> None:
    """The manifest's checksum covers the files and the record."""
    version = sign_with_manifest(key)
    assert encode_signed(version) == (
        b'{"context":"baton model version, 2","gate":"passed","manifest":"' + b"ee" * 32 + b'",'
        b'"model":"churn_model"}'
    )
    check_signature(version, [key.public])
    check_signature(sign_with_manifest(key, note="changed"), [key.public])


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("baton.manifest", "dd" * 32),
        ("baton.manifest", None),
        ("baton.gate", "failed: worse"),
        ("baton.gate", None),
    ],
)
def test_altered_tags_with_a_manifest_are_refused(
    key: SigningKey, tag: str, value: str | None
) -> None:
    tags = {**sign_with_manifest(key).tags, tag: value}
    present = MappingProxyType({key: value for key, value in tags.items() if value is not None})
    with pytest.raises(NotSigned):
        check_signature(ModelVersion("churn_model", "7", tags=present), [key.public])


def test_signature_forms_are_not_interchangeable(key: SigningKey) -> None:
    """With and without a manifest."""
    disguised = {**sign_with_manifest(key).tags, **TAGS}
    del disguised["baton.manifest"]
    for version in (
        sign(key, **{"baton.manifest": "ee" * 32}),
        ModelVersion("churn_model", "7", tags=MappingProxyType(disguised)),
    ):
        with pytest.raises(NotSigned):
            check_signature(version, [key.public])


def test_signed_version_passes(key: SigningKey) -> None:
    """Its number and other tags do not matter."""
    check_signature(sign(key, note="changed"), [key.public])
    other = parse_signing_key(generate_key_pair()[0])
    check_signature(sign(key), [other.public, key.public])


def test_signatures_are_not_checked_without_trusted_keys() -> None:
    check_signature(ModelVersion("churn_model", "7"), ())


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("baton.sha256.model.onnx", "dd" * 32),
        ("baton.sha256.another", "dd" * 32),
        ("baton.data_sha256", "dd" * 32),
        ("baton.gate", "failed: worse"),
        ("baton.signature.21fe31dfa154a261", "not base64"),
        ("baton.signature.21fe31dfa154a261", base64.b64encode(bytes(64)).decode()),
        ("baton.signature.21fe31dfa154a261", ""),
    ],
)
def test_altered_tags_are_refused(key: SigningKey, tag: str, value: str) -> None:
    """A checksum, a further file, the verdict or the signature."""
    with pytest.raises(NotSigned, match="version 7"):
        check_signature(sign(key, **{tag: value}), [key.public])


def test_signature_is_invalid_for_another_model(key: SigningKey) -> None:
    """Also if all tags and files are copied."""
    tags = sign(key).tags
    with pytest.raises(NotSigned, match="altered, or the signature"):
        check_signature(ModelVersion("fraud_model", "7", tags=tags), [key.public])


def test_only_signatures_of_trusted_keys_count(key: SigningKey) -> None:
    """No signature, another key's, or another key's under the trusted key's name."""
    stranger = parse_signing_key(generate_key_pair()[0])
    unsigned = ModelVersion("churn_model", "7", tags=MappingProxyType(TAGS))
    forged = dict(sign(stranger).tags) | {
        f"baton.signature.{key.public.id}": sign(stranger).tags[
            f"baton.signature.{stranger.public.id}"
        ]
    }
    for version in (
        unsigned,
        sign(stranger),
        ModelVersion("churn_model", "7", tags=MappingProxyType(forged)),
    ):
        with pytest.raises(NotSigned):
            check_signature(version, [key.public])


def test_signature_without_checksums_is_refused(key: SigningKey) -> None:
    tag, signature = key.sign("churn_model", {})
    version = ModelVersion("churn_model", "7", tags=MappingProxyType({tag: signature}))
    with pytest.raises(NotSigned):
        check_signature(version, [key.public])


def test_keys_are_read_as_pem_or_base64() -> None:
    """Several public keys at a time."""
    private, public = generate_key_pair()
    block = f"-----BEGIN PUBLIC KEY-----\n{public}\n-----END PUBLIC KEY-----\n"
    line = private.splitlines()[1]
    expected = parse_signing_key(private).public
    assert parse_signing_key(line).public == expected
    other = generate_key_pair()[1]
    assert parse_trusted_keys(f"{public}, {other}")[0] == expected
    assert len(parse_trusted_keys(block + block)) == 2
    assert private[:40] not in repr(parse_signing_key(private))


def test_invalid_key_is_rejected_without_quoting_it() -> None:
    """Also a private key instead of a public one."""
    private, public = generate_key_pair()
    rsa_like = base64.b64encode(b"0" * 40).decode()
    for text in ("", "x", rsa_like, private, f"{public},x"):
        with pytest.raises(ValueError, match="Ed25519 public keys"):
            parse_trusted_keys(text)
    for text in ("", "x", rsa_like, public, private + private):
        with pytest.raises(ValueError, match="Ed25519 private key") as caught:
            parse_signing_key(text)
        assert private.splitlines()[1] not in str(caught.value)


def test_cryptography_is_not_imported_without_keys() -> None:
    script = (
        "import sys; from baton_registry.settings import RegistrySettings, load_settings; "
        "from baton_registry.versions.model_version import ModelVersion; "
        "from baton_registry.versions.signing import check_signature; "
        "check_signature(ModelVersion('m', '1'), load_settings(RegistrySettings).trusted_keys); "
        "sys.exit('cryptography' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={})
