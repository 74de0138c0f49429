"""The model card as files: Markdown, and one HTML file that needs no other."""

import base64
import re
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt

from baton_common.texts import one_line
from baton_trainer.cards import card_content
from baton_trainer.cards.content import Subject

_SPECIAL = re.compile(r"[\\`*\[\]<>|&~]|(?<!\w)_|_(?!\w)")
_GAP = re.compile(r"\n{3,}")
_IMAGE = re.compile(r'src="plots/(\w+)\.png"')


def markdown(subject: Subject) -> str:
    """The card, with its pictures as files beside it: `plots/<name>.png`."""
    template = _environment().get_template("model_card.md.j2")
    text = template.render(card_content.of(subject))
    return _GAP.sub("\n\n", text).strip() + "\n"


def html(text: str, title: str, pictures: Mapping[str, bytes]) -> str:
    """The card as one file, its pictures inside it.

    Args:
        text: of `markdown`.
        title: of the page.
        pictures: PNG files by name.
    """
    # HTML in the name of a column or class stays text.
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    body = _IMAGE.sub(lambda found: f'src="{_data_uri(pictures[found[1]])}"', body)
    template = _environment().get_template("model_card.html.j2")
    return template.render(title=title, body=body) + "\n"


def _data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("baton_trainer.cards"),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["md"] = _escaped
    return environment


def _escaped(value: object) -> str:
    """Text in which Markdown finds nothing to interpret, on one line."""
    return _SPECIAL.sub(r"\\\g<0>", one_line(str(value)))
