"""The page's own files, from the package: nothing is asked of any other host."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

PAGE = "index.html"
_MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True)
class File:
    """One file, with the tag by which a browser knows that it has it already."""

    content: bytes
    media_type: str
    etag: str


def load_files() -> dict[str, File]:
    """All files by their names, read once."""
    folder = files("baton_inference.operations") / "static"
    return {each.name: _file(each.name, each.read_bytes()) for each in folder.iterdir()}


def _file(name: str, content: bytes) -> File:
    digest = hashlib.sha256(content).hexdigest()[:16]
    return File(content, _MEDIA_TYPES[name.rpartition(".")[2]], f'"{digest}"')
