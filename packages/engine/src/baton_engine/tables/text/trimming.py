"""Removes white space around the unquoted cells of a CSV line."""

import re
from collections.abc import Iterator, Sequence

_USUAL = " \t"
_UNICODE = "".join(map(chr, (0x85, 0xA0, 0x1680, *range(0x2000, 0x200B))))
WHITE_SPACE = _USUAL + _UNICODE + "\u2028\u2029\u202f\u205f\u3000"
"""Spaces, tabs and Unicode's other spaces."""
_GROUP_LINES = 32


class LineTrimmer:
    """Removes white space from lines, also between a quote and a separator."""

    def __init__(self, separator: str) -> None:
        blanks = WHITE_SPACE.replace(separator, "")
        self._separator = separator
        self._blanks = blanks
        self._unusual = re.compile(f"[{blanks.strip(_USUAL)}]")
        edge = rf"[\r\n{re.escape(separator)}]"
        # A literal first makes the search ten times faster than any other form.
        self._usual = {
            blank: re.compile(rf"{blank}(?:{edge}|(?<={edge}{blank}))")
            for blank in _USUAL
            if blank != separator
        }
        # Possessive, so that the time is linear in the length of the line.
        self._quoted = re.compile(rf'[{re.escape(blanks)}]*+("(?:[^"]++|"")*+"?)')
        self._quoted_on = re.compile(r'((?:[^"]++|"")*+"?)')
        self._plain = re.compile(rf"[^\r\n{re.escape(separator)}]*+")

    def trim(self, line: str, *, is_inside: bool = False) -> str:
        """Removes white space from a line.

        Args:
            line: the line with its end.
            is_inside: whether the line begins within quotes of an earlier line.
        """
        if not self._finds_blanks(line):
            return line  # the fast path for most lines
        if is_inside or '"' in line:
            return "".join(self._iter_parts(line, is_inside=is_inside))
        text = line.rstrip("\r\n")
        cells = [cell.strip(self._blanks) for cell in text.split(self._separator)]
        return self._separator.join(cells) + line[len(text) :]

    def trim_plain(self, lines: Sequence[str]) -> str:
        """Removes white space from lines without quotes, and joins them."""
        parts = []
        for start in range(0, len(lines), _GROUP_LINES):
            group = lines[start : start + _GROUP_LINES]
            part = "".join(group)
            parts.append("".join(map(self.trim, group)) if self._finds_blanks(part) else part)
        return "".join(parts)

    def _finds_blanks(self, text: str) -> bool:
        """Whether white space may be around a cell of a line, or of several lines."""
        if not text.isascii() and self._unusual.search(text):
            return True
        return any(
            text.startswith(blank) or text.endswith(blank) or pattern.search(text)
            for blank, pattern in self._usual.items()
            if blank in text
        )

    def _iter_parts(self, line: str, *, is_inside: bool) -> Iterator[str]:
        """Yields each cell and the separator or line end after it."""
        position = 0
        quoted = (self._quoted_on if is_inside else self._quoted).match(line)
        while True:
            if quoted:
                yield quoted[1]
                position = quoted.end()
            plain = self._plain.match(line, position)
            text = plain[0] if plain else ""
            yield text.rstrip(self._blanks) if quoted else text.strip(self._blanks)
            position += len(text)
            if not line.startswith(self._separator, position):
                yield line[position:]  # the line's end
                return
            yield self._separator
            position += len(self._separator)
            quoted = self._quoted.match(line, position)
