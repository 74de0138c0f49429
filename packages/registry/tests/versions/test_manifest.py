"""The manifest."""

import json
import math
from typing import Any

import pytest

from baton_registry.errors import InvalidModel
from baton_registry.versions import manifest
from baton_registry.versions.manifest import MAX_MANIFEST_BYTES, Manifest

DIGEST = "ab" * 32
FULL = Manifest(
    files={"MLmodel": DIGEST, "data/größe 1.onnx": DIGEST},
    data_sha256=DIGEST,
    held_out_by="customer",
    reader={"separator": ";", "missing": ["", "NA"]},
    private_columns=("name",),
    gate_figures={"gate_roc_auc": 0.5, "gate_rows": 3},
)


def build(**members: Any) -> bytes:
    """Builds a manifest of one file, with more or other members."""
    return json.dumps({"format": 1, "files": {"MLmodel": DIGEST}, **members}).encode()


def test_manifest_round_trip() -> None:
    """The order of the files does not matter."""
    assert manifest.parse_manifest(FULL.to_json()) == FULL
    reordered = Manifest(**{**vars(FULL), "files": dict(reversed([*FULL.files.items()]))})
    assert reordered.to_json() == FULL.to_json()


def test_absent_members_have_defaults() -> None:
    """Unknown members are ignored."""
    assert manifest.parse_manifest(build(task="regression")) == Manifest(files={"MLmodel": DIGEST})


def test_figures_that_are_not_finite_are_null() -> None:
    """JSON has neither NaN nor infinity."""
    figures = {"nan": math.nan, "infinite": math.inf, "none": None}
    content = Manifest(files={"MLmodel": DIGEST}, gate_figures=figures).to_json()
    assert manifest.parse_manifest(content).gate_figures == dict.fromkeys(figures)


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "/etc/passwd",
        "../x",
        "a/../x",
        "a/..",
        "./x",
        "a//x",
        "a/",
        "a\\x",
        "..\\x",
        "a\0x",
        "a\nx",
        "a\u202ex",  # right-to-left override
        "a\u200bx",  # zero-width space
        "a\u00a0x",
        "\ud800",
        "u\u0308",  # ü as two characters
        "baton-manifest.json",
        "Baton-Manifest.json",
    ],
)
def test_ambiguous_path_is_rejected(path: str) -> None:
    with pytest.raises(InvalidModel, match="baton-manifest"):
        manifest.parse_manifest(build(files={"MLmodel": DIGEST, path: DIGEST}))
    with pytest.raises(InvalidModel):
        Manifest(files={path: DIGEST}).to_json()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "JSON"),
        (b"[]", "object"),
        (b"\xef\xbb\xbf" + build(), "JSON"),
        (b"\xff", "JSON"),
        (build() + b"{}", "JSON"),
        (build(reader={"x": math.nan}), "NaN"),
        (b'{"format": 1, "files": {}, "gate_figures": {"a": 1e999}}', "too large"),
        (b'{"a": ' + b"1" * 5000 + b"}", "JSON"),
        (b'{"format": 1, "format": 1}', "twice"),
        (b'{"files": {"a": "1", "a": "2"}}', "twice"),
        (b"[" * 100_000, "JSON"),
        (b'{"reader": {"x": ' + b"[" * 100 + b"]" * 100 + b"}}", "deep"),
        (build(held_out_by="\ud800"), "JSON"),
        (b" " * MAX_MANIFEST_BYTES + build(), "over"),
        (build(format=2), "format"),
        (build(files=[]), "no files"),
        (build(files={}), "no files"),
        (build(files={"MLmodel": DIGEST.upper()}), "SHA-256"),
        (build(files={"MLmodel": DIGEST + "\n"}), "SHA-256"),
        (build(files={"MLmodel": 3}), "SHA-256"),
        (build(data_sha256="x"), "data_sha256"),
        (build(held_out_by=["a"]), "held_out_by"),
        (build(reader=[]), "reader"),
        (build(private_columns="name"), "private_columns"),
        (build(private_columns=[1]), "private_columns"),
        (build(gate_figures={"a": "1"}), "figure"),
        (build(gate_figures={"a": True}), "figure"),
    ],
)
def test_invalid_manifest_says_why(content: bytes, word: str) -> None:
    with pytest.raises(InvalidModel, match=word) as caught:
        manifest.parse_manifest(content)
    assert "\n" not in str(caught.value)


def test_unreadable_manifest_is_not_written() -> None:
    """The trainer fails before the upload."""
    many = {f"file {number}": DIGEST for number in range(20_000)}
    with pytest.raises(InvalidModel, match="over"):
        Manifest(files=many).to_json()
    with pytest.raises(InvalidModel, match="cannot be written"):
        Manifest(files={"MLmodel": DIGEST}, reader={"x": object()}).to_json()
