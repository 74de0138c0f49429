"""The code blocks of the documents: commands to run, files to save, and text.

A `console` block holds commands, each after `$ `, and their output. A comment on the line before
a block may be:

    <!-- file: NAME -->      a reader saves the block under this name
    <!-- not run: WHY -->    no test runs its commands
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
        text: its lines, without the prompt; several if they end in a backslash.
        where: file and line.
    """

    text: str
    where: str

    @property
    def words(self) -> list[str]:
        """The words of its first program, without comment, pipe or redirection."""
        text = self.text.replace("\\\n", " ")
        if assignment := re.fullmatch(r"\w+=\$\((.*)\)", text):  # VARIABLE=$(COMMAND)
            text = assignment[1]
        lexer = shlex.shlex(text, posix=True, punctuation_chars="|>;&")
        lexer.commenters = "#"
        lexer.wordchars += ":"  # of addresses
        words: list[str] = []
        for word in lexer:
            if set(word) <= set("|>;&"):
                break
            if words or not re.fullmatch(r"[A-Z_]+=\w*", word):  # an assignment before a program
                words.append(word)
        return words

    @property
    def baton_arguments(self) -> list[str] | None:
        """The arguments of `baton`, on this machine or in a container; None for other programs."""
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
        line: the line of its fence, from 1.
        language: named by the fence.
        text: the lines between the fences.
        file: the name under which a reader saves it, or None.
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

    def list_commands(self) -> Iterator[Command]:
        """Lists the commands of a console block."""
        lines = iter(enumerate(self.text.splitlines(), self.line + 1))
        for number, line in lines:
            if not line.startswith("$ "):
                continue
            text = line.removeprefix("$ ")
            while text.endswith("\\"):
                text += "\n" + next(lines)[1].removeprefix("> ")
            yield Command(text, f"{self.document.relative_to(ROOT)}:{number}")


def read_blocks(document: Path) -> list[Block]:
    """Reads the code blocks of a document, in order."""
    text = document.read_text(encoding="utf-8")
    result = []
    for match in _BLOCK.finditer(text):
        comment = {match["kind"]: match["words"]}
        result.append(
            Block(
                document,
                line=text.count("\n", 0, match.start("language")) + 1,
                language=match["language"],
                text=match["text"],
                file=comment.get("file"),
                not_run=comment.get("not run"),
            )
        )
    return result


def read_consoles(document: Path) -> list[Block]:
    """Reads the console blocks of a document."""
    return [block for block in read_blocks(document) if block.language == CONSOLE]
