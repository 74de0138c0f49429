"""`baton-manifest.json`: the checksum of every other file of a version, and what goes with them.

The tag `baton.manifest` holds the file's SHA-256. Everything that Baton records about a version,
except the gate's verdict, is thus one file and one short tag, which a signature covers.

The file is JSON that has one meaning: UTF-8, no key twice, no NaN, at most 1 MiB. Members that this
Baton does not know are ignored, so that a newer one can add some.
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

MANIFEST_FILE = "baton-manifest.json"
MAX_MANIFEST_BYTES = 2**20
FORMAT = 1
"""Another number is another file format, which this Baton refuses."""

_MAX_DEPTH = 16
_SHA256 = re.compile(r"[0-9a-f]{64}")

Figures = Mapping[str, float | None]


@dataclass(frozen=True)
class Manifest:
    """What is recorded about a version, beside the gate's verdict.

    Attributes:
        files: every other file, relative to the model's root, to its lower-case hex SHA-256.
        data_sha256: of the file that it was trained on; None if it is not recorded.
        held_out_by: the id column whose rows the split kept together; None if there is none.
        reader: how the cells of the training file were read, as a JSON object; empty if it is not
            recorded.
        private_columns: columns whose values must not be logged.
        gate_figures: what the gate measured, by name; None for what is not a finite number.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    data_sha256: str | None = None
    held_out_by: str | None = None
    reader: Mapping[str, Any] = field(default_factory=dict)
    private_columns: tuple[str, ...] = ()
    gate_figures: Figures = field(default_factory=dict)

    def to_json(self) -> bytes:
        """The content of the file, which `parse` reads.

        Raises:
            InvalidModel: `parse` would refuse it; the text says why.
        """
        document = {
            "format": FORMAT,
            "files": dict(sorted(self.files.items())),
            "data_sha256": self.data_sha256,
            "held_out_by": self.held_out_by,
            "reader": self.reader,
            "private_columns": self.private_columns,
            "gate_figures": {name: _finite(value) for name, value in self.gate_figures.items()},
        }
        try:
            text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
            content = text.encode() + b"\n"
        except (TypeError, ValueError, RecursionError) as error:
            raise _invalid(f"holds what JSON cannot hold: {error}") from error
        parse_manifest(content)
        return content


def is_sha256(text: str) -> bool:
    """Whether a text has the form of a checksum: 64 lower-case hex digits."""
    return _SHA256.fullmatch(text) is not None


def parse_manifest(content: bytes) -> Manifest:
    """Reads the file.

    Raises:
        InvalidModel: it is too large, not strict JSON, or not of this form; the text says why.
    """
    document = _document(content)
    if document.get("format") != FORMAT:
        raise _invalid(f"has not format {FORMAT}; a newer Baton may have written it")
    return Manifest(
        files=_files(document.get("files")),
        data_sha256=_checksum_or_none(document),
        held_out_by=_text_or_none(document, "held_out_by"),
        reader=_object(document, "reader"),
        private_columns=_texts(document, "private_columns"),
        gate_figures=_figures(document),
    )


def _document(content: bytes) -> dict[str, Any]:
    if len(content) > MAX_MANIFEST_BYTES:
        raise _invalid(f"is over {MAX_MANIFEST_BYTES} bytes")
    try:
        document = json.loads(
            content.decode(),
            object_pairs_hook=_object_without_repetition,
            parse_constant=_refuse_constant,
            parse_float=_finite_float,
        )
        json.dumps(document, ensure_ascii=False).encode()  # fails if a text holds half a character
    except (ValueError, RecursionError) as error:  # the decoder's errors are ValueErrors
        raise _invalid(f"is not strict JSON: {error}") from error
    if not isinstance(document, dict):
        raise _invalid("is not a JSON object")
    if _is_deeper(document, _MAX_DEPTH):
        raise _invalid(f"is nested more than {_MAX_DEPTH} levels deep")
    return document


def _object_without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has a key twice")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _finite_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in inside)


def _files(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        raise _invalid("lists no files")
    for path, digest in value.items():
        if not _is_plain_path(path):
            raise _invalid(
                f"lists {truncate(path, 80)!a}, which is no plain path below the model's root"
            )
        if not isinstance(digest, str) or not is_sha256(digest):
            raise _invalid(f"has no SHA-256 for {truncate(path, 80)!r}")
    return value


def _is_plain_path(path: str) -> bool:
    """Whether a path has one reading: relative, in its shortest form, of visible characters.

    Invisible characters, lone surrogates and two encodings of one letter would let two different
    paths look alike, or be one file on some disks.
    """
    pure = PurePosixPath(path)
    is_below = bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts
    is_shortest = str(pure) == path and "\\" not in path
    is_visible = path.isprintable() and unicodedata.is_normalized("NFC", path)
    return is_below and is_shortest and is_visible and path.casefold() != MANIFEST_FILE


def _checksum_or_none(document: Mapping[str, Any]) -> str | None:
    value = _text_or_none(document, "data_sha256")
    if value is not None and not is_sha256(value):
        raise _invalid("has no SHA-256 as 'data_sha256'")
    return value


def _text_or_none(document: Mapping[str, Any], key: str) -> str | None:
    value = document.get(key)
    if value is None or isinstance(value, str):
        return value
    raise _invalid(f"has no text as {key!r}")


def _object(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise _invalid(f"has no object as {key!r}")
    return value


def _texts(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _invalid(f"has no list of texts as {key!r}")
    return tuple(value)


def _figures(document: Mapping[str, Any]) -> dict[str, float | None]:
    value = _object(document, "gate_figures")
    for name, figure in value.items():
        if isinstance(figure, bool) or not isinstance(figure, float | int | None):
            raise _invalid(f"has no number as the gate's figure {truncate(name, 80)!r}")
    return value


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _invalid(why: str) -> InvalidModel:
    return InvalidModel(f"the file {MANIFEST_FILE!r} {why}; register the version again")
