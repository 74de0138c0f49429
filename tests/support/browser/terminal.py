"""Draws a terminal session: runs commands in a real terminal, and draws their output as SVG."""

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
"""A line that the program erased, such as progress."""
_WEB_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)


def draw_session(commands: Sequence[str], folder: Path, env: Mapping[str, str], title: str) -> str:
    """Runs the commands in order; returns the session as SVG."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    for number, command in enumerate(commands):
        gap = "\n" if number else ""
        prompt = Text.assemble(gap, ("$ ", "bold green"), (command, "bold"))
        console.print(prompt, soft_wrap=True)
        console.print(Text.from_ansi(run_command(command, folder, env)), soft_wrap=True)
    svg = console.export_svg(title=title, theme=THEME, unique_id="baton")
    return _WEB_FONTS.sub("", svg)  # a reader's browser contacts no font server


def run_command(command: str, folder: Path, env: Mapping[str, str]) -> str:
    """Returns what the command writes to a terminal of fixed width. Raises if it fails."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    process = subprocess.Popen(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, **env, "TERM": "xterm-256color"},
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    pieces = []
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(leader)
    text = b"".join(pieces).decode()
    if process.wait(LIMIT_S):
        raise RuntimeError(f"{command}: {text}")
    text = _CURSOR.sub("", text.replace("\r\n", "\n"))
    return _ERASED.sub("", text).rstrip()
