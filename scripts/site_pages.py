"""Hooks of mkdocs: documents at the root of the repository are pages of the site, without copies.

A link means the same as in the repository. If it leads to a file that is not a page, the site has
a copy of that file under `files/`.
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
PAGES = {
    "README.md": "index.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "deploy/helm/baton/README.md": "helm-values.md",
}
"""Path in the repository to path in the site."""

_LINK = re.compile(r'(\]\(|<img src=")([^)#"\s]+)')
_CODE = re.compile(r"^( *)(```.*?^\1```)$", re.MULTILINE | re.DOTALL)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages of the root, and the files to which pages link."""
    for path, uri in PAGES.items():
        files.append(File.generated(config, uri, abs_src_path=str(ROOT / path)))
    linked = {path for page in files.documentation_pages() for path in _linked_files(page)}
    for path in sorted(linked):
        files.append(File.generated(config, to_uri(path), abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turns links between files of the repository into links between files of the site."""
    del config, files
    uri = page.file.src_uri
    return rewrite_links(markdown, to_path(uri), uri)


def rewrite_links(markdown: str, path: str, uri: str) -> str:
    """Rewrites the links of a page that is at `path` in the repository and at `uri` in the site."""

    def rewrite(match: re.Match[str]) -> str:
        begin, target = match.groups()
        if _is_external(target):
            return match[0]
        linked = to_uri(_resolve(path, target))
        return begin + posixpath.relpath(linked, posixpath.dirname(uri) or ".")

    parts = _CODE.split(markdown)  # text, indentation, code block, text, …
    parts[::3] = [_LINK.sub(rewrite, text) for text in parts[::3]]
    return "".join(parts)


def to_uri(path: str) -> str:
    """Where a file of the repository is in the site."""
    if path in PAGES:
        return PAGES[path]
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    return f"files/{path.lstrip('.')}"  # mkdocs leaves out names that begin with a dot


def to_path(uri: str) -> str:
    """Where a page of the site is in the repository."""
    roots = {uri: path for path, uri in PAGES.items()}
    return roots.get(uri, f"docs/{uri}")


def _linked_files(page: File) -> Iterator[str]:
    """Files that are neither a page nor in docs/."""
    path = to_path(page.src_uri)
    for _, target in _LINK.findall(_CODE.sub("", (ROOT / path).read_text(encoding="utf-8"))):
        linked = _resolve(path, target)
        is_published = linked in PAGES or linked.startswith("docs/")
        if not _is_external(target) and not is_published and (ROOT / linked).is_file():
            yield linked


def _resolve(path: str, target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def _is_external(target: str) -> bool:
    return "://" in target or target.startswith("mailto:")
