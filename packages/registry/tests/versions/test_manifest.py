"""The manifest: one file that lists the others."""

import json
import math
from typing import Any

import pytest

from baton_registry import InvalidModel
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


def written(**members: Any) -> bytes:
    """A manifest of one file, with these members in addition or instead."""
    return json.dumps({"format": 1, "files": {"MLmodel": DIGEST}, **members}).encode()


def test_what_is_written_is_read() -> None:
    """Every member survives, in one byte form whatever the order of the files."""
    assert manifest.parse_manifest(FULL.to_json()) == FULL
    turned = Manifest(**{**vars(FULL), "files": dict(reversed([*FULL.files.items()]))})
    assert turned.to_json() == FULL.to_json()


def test_only_files_and_format_are_needed() -> None:
    """Members that are absent have their defaults; those of a newer Baton are ignored."""
    assert manifest.parse_manifest(written(task="regression")) == Manifest(
        files={"MLmodel": DIGEST}
    )


def test_figures_that_are_no_numbers_are_null() -> None:
    """JSON knows neither NaN nor infinity."""
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
        "a\u202ex",  # turns the reading direction
        "a\u200bx",  # a space of no width
        "a\u00a0x",
        "\ud800",
        "u\u0308",  # ü in two characters
        "baton-manifest.json",
        "Baton-Manifest.json",
    ],
)
def test_a_path_with_a_second_reading_is_refused(path: str) -> None:
    """Paths stay below the model's root and look like what they are."""
    with pytest.raises(InvalidModel, match="baton-manifest"):
        manifest.parse_manifest(written(files={"MLmodel": DIGEST, path: DIGEST}))
    with pytest.raises(InvalidModel):
        Manifest(files={path: DIGEST}).to_json()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "JSON"),
        (b"[]", "object"),
        (b"\xef\xbb\xbf" + written(), "JSON"),
        (b"\xff", "JSON"),
        (written() + b"{}", "JSON"),
        (written(reader={"x": math.nan}), "NaN"),
        (b'{"format": 1, "files": {}, "gate_figures": {"a": 1e999}}', "too large"),
        (b'{"a": ' + b"1" * 5000 + b"}", "JSON"),
        (b'{"format": 1, "format": 1}', "twice"),
        (b'{"files": {"a": "1", "a": "2"}}', "twice"),
        (b"[" * 100_000, "JSON"),
        (b'{"reader": {"x": ' + b"[" * 100 + b"]" * 100 + b"}}", "deep"),
        (written(held_out_by="\ud800"), "JSON"),
        (b" " * MAX_MANIFEST_BYTES + written(), "over"),
        (written(format=2), "format"),
        (written(files=[]), "no files"),
        (written(files={}), "no files"),
        (written(files={"MLmodel": DIGEST.upper()}), "SHA-256"),
        (written(files={"MLmodel": DIGEST + "\n"}), "SHA-256"),
        (written(files={"MLmodel": 3}), "SHA-256"),
        (written(data_sha256="x"), "data_sha256"),
        (written(held_out_by=["a"]), "held_out_by"),
        (written(reader=[]), "reader"),
        (written(private_columns="name"), "private_columns"),
        (written(private_columns=[1]), "private_columns"),
        (written(gate_figures={"a": "1"}), "figure"),
        (written(gate_figures={"a": True}), "figure"),
    ],
)
def test_what_is_no_manifest_says_why(content: bytes, word: str) -> None:
    """Each kind of damage is refused with its reason, in one line."""
    with pytest.raises(InvalidModel, match=word) as caught:
        manifest.parse_manifest(content)
    assert "\n" not in str(caught.value)


def test_a_manifest_that_nobody_could_read_is_not_written() -> None:
    """The trainer fails before it uploads one that is too large, or holds what JSON cannot hold."""
    many = {f"file {number}": DIGEST for number in range(20_000)}
    with pytest.raises(InvalidModel, match="over"):
        Manifest(files=many).to_json()
    with pytest.raises(InvalidModel, match="cannot hold"):
        Manifest(files={"MLmodel": DIGEST}, reader={"x": object()}).to_json()
