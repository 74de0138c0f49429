"""Signed versions, and what is refused as not signed."""

import base64
import subprocess
import sys
from types import MappingProxyType

import pytest

from baton_registry import ModelVersion, NotSigned
from baton_registry.versions.signing import (
    SigningKey,
    check_signature,
    encode_signed,
    generate_key_pair,
    parse_signing_key,
    parse_trusted_keys,
)

TAGS = {
    "baton.sha256.MLmodel": "aa" * 32,
    "baton.sha256.model.onnx": "bb" * 32,
    "baton.data_sha256": "cc" * 32,
    "baton.gate": "passed",
    "note": "not signed",
}
NEWER_TAGS = {"baton.manifest": "ee" * 32, "baton.gate": "passed", "note": "not signed"}
# RFC 8032, 7.1, test 1: a private key that everybody knows.
KNOWN_KEY = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"


@pytest.fixture
def key() -> SigningKey:
    return parse_signing_key(KNOWN_KEY)


def signed(key: SigningKey, name: str = "churn_model", **tags: str) -> ModelVersion:
    """A version that was signed as `TAGS` say; then `tags` took the place of some."""
    tag, signature = key.sign(name, TAGS)
    return ModelVersion(name, "7", tags=MappingProxyType({**TAGS, tag: signature, **tags}))


def newer(key: SigningKey, **tags: str) -> ModelVersion:
    """A version with a manifest, signed as `NEWER_TAGS` say; then `tags` took their places."""
    tag, signature = key.sign("churn_model", NEWER_TAGS)
    return ModelVersion(
        "churn_model", "7", tags=MappingProxyType({**NEWER_TAGS, tag: signature, **tags})
    )


def test_what_is_signed_is_fixed(key: SigningKey) -> None:
    """Versions that were signed once stay signed: these bytes and this signature are for good."""
    version = signed(key)
    assert encode_signed(version) == (
        b'{"context":"baton model version, 1","data_sha256":"' + b"cc" * 32 + b'","files":'
        b'{"MLmodel":"' + b"aa" * 32 + b'","model.onnx":"' + b"bb" * 32 + b'"},"gate":"passed",'
        b'"model":"churn_model"}'
    )
    assert version.tags["baton.signature.21fe31dfa154a261"] == (
        "eG8xua9mX/uJktGnXMUlyJ/uaLTbzNxUvvAE4Za1tkup8DvUcZ23nX+WmDTwvuR04QCL0BmDdMqK8jTJ912WDQ=="
    )


def test_what_is_signed_with_a_manifest_is_fixed(key: SigningKey) -> None:
    """Its checksum stands for the files and for everything else that is recorded."""
    version = newer(key)
    assert encode_signed(version) == (
        b'{"context":"baton model version, 2","gate":"passed","manifest":"' + b"ee" * 32 + b'",'
        b'"model":"churn_model"}'
    )
    check_signature(version, [key.public])
    check_signature(newer(key, note="changed"), [key.public])


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("baton.manifest", "dd" * 32),
        ("baton.manifest", None),
        ("baton.gate", "failed: worse"),
        ("baton.gate", None),
    ],
)
def test_what_is_altered_beside_a_manifest_is_refused(
    key: SigningKey, tag: str, value: str | None
) -> None:
    """Changed or removed."""
    tags = {**newer(key).tags, tag: value}
    kept = MappingProxyType({key: value for key, value in tags.items() if value is not None})
    with pytest.raises(NotSigned):
        check_signature(ModelVersion("churn_model", "7", tags=kept), [key.public])


def test_one_form_is_no_signature_of_the_other(key: SigningKey) -> None:
    """Neither does a manifest slip under an older signature, nor the other way round."""
    disguised = {**newer(key).tags, **TAGS}
    del disguised["baton.manifest"]
    for version in (
        signed(key, **{"baton.manifest": "ee" * 32}),
        ModelVersion("churn_model", "7", tags=MappingProxyType(disguised)),
    ):
        with pytest.raises(NotSigned):
            check_signature(version, [key.public])


def test_a_signed_version_passes(key: SigningKey) -> None:
    """With its key among the trusted ones, whatever its number; other tags may change."""
    check_signature(signed(key, note="changed"), [key.public])
    other = parse_signing_key(generate_key_pair()[0])
    check_signature(signed(key), [other.public, key.public])


def test_nothing_need_be_signed_where_nobody_is_trusted() -> None:
    """Without trusted keys, signatures are not looked at."""
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
def test_whatever_is_altered_is_refused(key: SigningKey, tag: str, value: str) -> None:
    """A checksum, one more file, the verdict, the signature itself: nothing can be changed."""
    with pytest.raises(NotSigned, match="version 7"):
        check_signature(signed(key, **{tag: value}), [key.public])


def test_a_signature_is_of_no_use_to_another_model(key: SigningKey) -> None:
    """Copied with all tags and files to another name, it is refused."""
    tags = signed(key).tags
    with pytest.raises(NotSigned, match="altered them, or copied"):
        check_signature(ModelVersion("fraud_model", "7", tags=tags), [key.public])


def test_only_trusted_keys_count(key: SigningKey) -> None:
    """No signature, one of a stranger's key, or a stranger's under our key's name: refused."""
    stranger = parse_signing_key(generate_key_pair()[0])
    unsigned = ModelVersion("churn_model", "7", tags=MappingProxyType(TAGS))
    forged = dict(signed(stranger).tags) | {
        f"baton.signature.{key.public.id}": signed(stranger).tags[
            f"baton.signature.{stranger.public.id}"
        ]
    }
    for version in (
        unsigned,
        signed(stranger),
        ModelVersion("churn_model", "7", tags=MappingProxyType(forged)),
    ):
        with pytest.raises(NotSigned):
            check_signature(version, [key.public])


def test_a_version_without_files_is_not_signed(key: SigningKey) -> None:
    """What names no checksum vouches for nothing, signed or not."""
    tag, signature = key.sign("churn_model", {})
    version = ModelVersion("churn_model", "7", tags=MappingProxyType({tag: signature}))
    with pytest.raises(NotSigned):
        check_signature(version, [key.public])


def test_keys_are_pem_or_the_line_between_its_markers() -> None:
    """Both forms are read, several public keys at a time."""
    private, public = generate_key_pair()
    block = f"-----BEGIN PUBLIC KEY-----\n{public}\n-----END PUBLIC KEY-----\n"
    line = private.splitlines()[1]
    expected = parse_signing_key(private).public
    assert parse_signing_key(line).public == expected
    other = generate_key_pair()[1]
    assert parse_trusted_keys(f"{public}, {other}")[0] == expected
    assert len(parse_trusted_keys(block + block)) == 2
    assert private[:40] not in repr(parse_signing_key(private))


def test_what_is_no_key_is_refused_without_being_repeated() -> None:
    """Also one half in the place of the other, and a key of another kind."""
    private, public = generate_key_pair()
    rsa_like = base64.b64encode(b"0" * 40).decode()
    for text in ("", "x", rsa_like, private, f"{public},x"):
        with pytest.raises(ValueError, match="Ed25519 public keys"):
            parse_trusted_keys(text)
    for text in ("", "x", rsa_like, public, private + private):
        with pytest.raises(ValueError, match="Ed25519 private key") as caught:
            parse_signing_key(text)
        assert private.splitlines()[1] not in str(caught.value)


def test_nobody_pays_for_it_who_does_not_use_it() -> None:
    """Without a key, the library that checks signatures is not even imported."""
    script = (
        "import sys; from baton_registry.settings import RegistrySettings, load_settings; "
        "from baton_registry import ModelVersion; "
        "from baton_registry.versions.signing import check_signature; "
        "check_signature(ModelVersion('m', '1'), load_settings(RegistrySettings).trusted_keys); "
        "sys.exit('cryptography' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={})
