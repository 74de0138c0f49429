"""Loads the page's static files from the package; the page contacts no other host."""

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
    """A static file, with the ETag that lets browsers cache it."""

    content: bytes
    media_type: str
    etag: str


def load_files() -> dict[str, File]:
    """Loads all files; returns them by name."""
    folder = files("baton_inference.operations") / "static"
    return {each.name: _build_file(each.name, each.read_bytes()) for each in folder.iterdir()}


def _build_file(name: str, content: bytes) -> File:
    digest = hashlib.sha256(content).hexdigest()[:16]
    return File(content, _MEDIA_TYPES[name.rpartition(".")[2]], f'"{digest}"')
