"""Renders the model card: as Markdown, and as one HTML file that needs no other."""

import base64
import re
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt

from baton_common.texts import to_one_line
from baton_trainer.cards.content import Subject, build_content

_SPECIAL = re.compile(r"[\\`*\[\]<>|&~]|(?<!\w)_|_(?!\w)")
_BLANK_LINES = re.compile(r"\n{3,}")
_IMAGE = re.compile(r'src="plots/(\w+)\.png"')


def render_markdown(subject: Subject) -> str:
    """Renders the card, with its plots as files beside it: `plots/<name>.png`."""
    content = build_content(subject)
    template = _create_environment().get_template(content["template"])
    text = template.render(content)
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


def render_html(markdown: str, title: str, plots: Mapping[str, bytes]) -> str:
    """Renders the card as one file, with its plots inside it.

    Args:
        markdown: the output of `render_markdown`.
        title: the page's title.
        plots: PNG files by name.
    """
    # HTML in the name of a column or class stays text.
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    body = _IMAGE.sub(lambda match: f'src="{_encode_png(plots[match[1]])}"', body)
    template = _create_environment().get_template("model_card.html.j2")
    return template.render(title=title, body=body) + "\n"


def _encode_png(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _create_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("baton_trainer.cards"),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["md"] = _escape
    return environment


def _escape(value: object) -> str:
    """Returns the value on one line, with all Markdown characters escaped."""
    return _SPECIAL.sub(r"\\\g<0>", to_one_line(str(value)))
