"""A terminal session as a picture: commands are run in a real terminal, their output drawn."""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

COLUMNS = 112
LIMIT_S = 120
THEME = TerminalTheme(
    (22, 24, 29),
    (222, 222, 218),
    [
        *((22, 24, 29), (232, 105, 95), (112, 196, 130), (222, 180, 90)),
        *((110, 160, 235), (190, 140, 220), (100, 190, 200), (222, 222, 218)),
    ],
)
_CURSOR = re.compile(r"\x1b\[\?25[lh]")
_ERASED = re.compile(r"[^\n]*(?:\n\r?\x1b\[1A|\r)\x1b\[2K")
"""A line that the program took back, as progress is."""
_WEB_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)


def draw(commands: Sequence[str], folder: Path, env: Mapping[str, str], title: str) -> str:
    """Runs the commands one after another; the session as SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    for number, command in enumerate(commands):
        gap = "\n" if number else ""
        prompt = Text.assemble(gap, ("$ ", "bold green"), (command, "bold"))
        console.print(prompt, soft_wrap=True)
        console.print(Text.from_ansi(output(command, folder, env)), soft_wrap=True)
    svg = console.export_svg(title=title, theme=THEME, unique_id="baton")
    return _WEB_FONTS.sub("", svg)  # whoever looks at the page shall ask nobody else for it


def output(command: str, folder: Path, env: Mapping[str, str]) -> str:
    """What the command writes to a terminal of fixed width. Raises where it fails."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    process = subprocess.Popen(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, **env, "TERM": "xterm-256color"},
        stdin=subprocess.DEVNULL,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    pieces = []
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # how Linux tells that nobody holds the other end
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(ours)
    text = b"".join(pieces).decode()
    if process.wait(LIMIT_S):
        raise RuntimeError(f"{command}: {text}")
    text = _CURSOR.sub("", text.replace("\r\n", "\n"))
    return _ERASED.sub("", text).rstrip()
