"""`baton-manifest.json`: the checksums of a version's files, and facts about its training.

The tag `baton.manifest` holds the file's SHA-256. One file and one short tag, which the signature
covers, thus record everything about a version except the gate's verdict.

The file is strict JSON: UTF-8, no duplicate keys, no NaN, at most 1 MiB. Unknown members are
ignored, so newer releases can add some.
"""

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from baton_common.texts import truncate
from baton_registry.errors import InvalidModel
from baton_registry.versions.strict_json import parse_object

MANIFEST_FILE = "baton-manifest.json"
MAX_MANIFEST_BYTES = 2**20
FORMAT = 1
"""The file format. Other numbers are rejected."""

_SHA256 = re.compile(r"[0-9a-f]{64}")

Figures = Mapping[str, float | None]


@dataclass(frozen=True)
class Manifest:
    """What `baton-manifest.json` says about a version: all but the gate's verdict.

    Attributes:
        files: the lower-case hex SHA-256 of every other file, by its path below the model's root.
        data_sha256: the checksum of the training file; None if it is not recorded.
        held_out_by: the id column that kept rows together in the split; None if there is none.
        reader: the rule for reading the training file's cells; empty if it is not recorded.
        private_columns: columns whose values must not be logged.
        gate_figures: the gate's figures by name; None for a figure that is not finite.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    data_sha256: str | None = None
    held_out_by: str | None = None
    reader: Mapping[str, Any] = field(default_factory=dict)
    private_columns: tuple[str, ...] = ()
    gate_figures: Figures = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Formats the file's content.

        Raises:
            InvalidModel: `parse_manifest` would reject it; the message says why.
        """
        document = {
            "format": FORMAT,
            "files": dict(sorted(self.files.items())),
            "data_sha256": self.data_sha256,
            "held_out_by": self.held_out_by,
            "reader": self.reader,
            "private_columns": self.private_columns,
            "gate_figures": {name: _to_finite(value) for name, value in self.gate_figures.items()},
        }
        try:
            text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
            content = text.encode() + b"\n"
        except (TypeError, ValueError, RecursionError) as error:
            raise _create_error(f"cannot be written as JSON: {error}") from error
        parse_manifest(content)
        return content


def is_sha256(text: str) -> bool:
    """Whether a text is 64 lower-case hex digits."""
    return _SHA256.fullmatch(text) is not None


def parse_manifest(content: bytes) -> Manifest:
    """Parses the file's content.

    Raises:
        InvalidModel: it is too large, not strict JSON, or has another form; the message says why.
    """
    document = _parse_json(content)
    if document.get("format") != FORMAT:
        raise _create_error(f"does not have format {FORMAT}; a newer Baton may have written it")
    return Manifest(
        files=_parse_files(document.get("files")),
        data_sha256=_parse_checksum(document),
        held_out_by=_parse_text(document, "held_out_by"),
        reader=_parse_object(document, "reader"),
        private_columns=_parse_texts(document, "private_columns"),
        gate_figures=_parse_figures(document),
    )


def _parse_json(content: bytes) -> dict[str, Any]:
    try:
        return parse_object(content, MAX_MANIFEST_BYTES)
    except ValueError as error:
        raise _create_error(str(error)) from error


def _parse_files(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        raise _create_error("lists no files")
    for path, digest in value.items():
        if not _is_plain_path(path):
            raise _create_error(
                f"lists {truncate(path, 80)!a}, which is not a plain path below the model's root"
            )
        if not isinstance(digest, str) or not is_sha256(digest):
            raise _create_error(f"does not have a SHA-256 for {truncate(path, 80)!r}")
    return value


def _is_plain_path(path: str) -> bool:
    """Whether a path is unambiguous: relative, in its shortest form, of visible characters.

    Invisible characters, lone surrogates and unnormalized Unicode could make two paths look alike,
    or be one file on some disks.
    """
    pure = PurePosixPath(path)
    is_below = bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts
    is_shortest = str(pure) == path and "\\" not in path
    is_visible = path.isprintable() and unicodedata.is_normalized("NFC", path)
    return is_below and is_shortest and is_visible and path.casefold() != MANIFEST_FILE


def _parse_checksum(document: Mapping[str, Any]) -> str | None:
    value = _parse_text(document, "data_sha256")
    if value is not None and not is_sha256(value):
        raise _create_error("has an invalid SHA-256 in 'data_sha256'")
    return value


def _parse_text(document: Mapping[str, Any], key: str) -> str | None:
    value = document.get(key)
    if value is None or isinstance(value, str):
        return value
    raise _create_error(f"must have text in {key!r}")


def _parse_object(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise _create_error(f"must have an object in {key!r}")
    return value


def _parse_texts(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _create_error(f"must have a list of texts in {key!r}")
    return tuple(value)


def _parse_figures(document: Mapping[str, Any]) -> dict[str, float | None]:
    value = _parse_object(document, "gate_figures")
    for name, figure in value.items():
        if isinstance(figure, bool) or not isinstance(figure, float | int | None):
            raise _create_error(f"must have a number in the gate figure {truncate(name, 80)!r}")
    return value


def _to_finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _create_error(reason: str) -> InvalidModel:
    return InvalidModel(f"the file {MANIFEST_FILE!r} {reason}; register the version again")
