"""The code blocks of the documents: what a reader would type, save or only look at.

A `console` block holds commands, each after `$ `, and what they print. A comment on the line before
a block says what else there is to know:

    <!-- file: NAME -->      a reader saves the block under this name
    <!-- not run: WHY -->    no test runs its commands; they are only read
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CONSOLE = "console"
LANGUAGES = {CONSOLE, "bash", "text", "json", "toml", "yaml", "python", "promql"}

_BLOCK = re.compile(
    r"(?:^<!-- (?P<kind>file|not run): (?P<words>[^\n]+) -->\n)?"
    r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Command:
    """One command of a document.

    Attributes:
        text: as it stands there, without the prompt; several lines where one ends in a backslash.
        where: file and line.
    """

    text: str
    where: str

    @property
    def words(self) -> list[str]:
        """The words of its first program; of a comment, a pipe or a redirection nothing."""
        text = self.text.replace("\\\n", " ")
        if kept := re.fullmatch(r"\w+=\$\((.*)\)", text):  # VARIABLE=$(what it prints)
            text = kept[1]
        lexer = shlex.shlex(text, posix=True, punctuation_chars="|>;&")
        lexer.commenters = "#"
        words = []
        for word in lexer:
            if set(word) <= set("|>;&"):
                break
            words.append(word)
        return words

    @property
    def arguments_of_baton(self) -> list[str] | None:
        """What `baton` gets, on this machine or in a container; None where it is not called."""
        match self.words:
            case ["scripts/up", *arguments]:
                return ["up", *arguments]
            case ["baton" | ".venv/bin/baton", *arguments]:
                return arguments
            case ["docker", "compose", *rest] if "trainer" in rest and "run" in rest:
                return rest[rest.index("trainer") + 1 :] or ["train"]
        return None


@dataclass(frozen=True)
class Block:
    """A code block.

    Attributes:
        document: the file.
        line: of its fence, from 1.
        language: what the fence says.
        text: what is between the fences.
        file: the name that a reader saves it under, or None.
        not_run: why no test runs it, or None.
    """

    document: Path
    line: int
    language: str
    text: str
    file: str | None
    not_run: str | None

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.document.relative_to(ROOT)}:{self.line}"

    def commands(self) -> Iterator[Command]:
        """The commands of a console block."""
        lines = iter(enumerate(self.text.splitlines(), self.line + 1))
        for number, line in lines:
            if not line.startswith("$ "):
                continue
            text = line.removeprefix("$ ")
            while text.endswith("\\"):
                text += "\n" + next(lines)[1].removeprefix("> ")
            yield Command(text, f"{self.document.relative_to(ROOT)}:{number}")


def blocks(document: Path) -> list[Block]:
    """The code blocks of a document, in their order."""
    text = document.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        said = {match["kind"]: match["words"]}
        found.append(
            Block(
                document,
                line=text.count("\n", 0, match.start("language")) + 1,
                language=match["language"],
                text=match["text"],
                file=said.get("file"),
                not_run=said.get("not run"),
            )
        )
    return found


def consoles(document: Path) -> list[Block]:
    """The console blocks of a document."""
    return [block for block in blocks(document) if block.language == CONSOLE]
