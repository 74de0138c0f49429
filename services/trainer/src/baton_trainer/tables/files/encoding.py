"""Decodes a file; detects its encoding unless two are equally likely.

A byte order mark and UTF-8 come first. Otherwise charset-normalizer ranks the usual encodings of
tables. Windows-1252 wins a tie, as in the browsers' standard
(https://encoding.spec.whatwg.org/#names-and-labels), if most words also have plain letters.
"""

import codecs
import re
from itertools import islice

import charset_normalizer

from baton_trainer.errors import DataError

PLAIN = "utf-8"

_MARKS = {  # the mark of UTF-32 begins with that of UTF-16
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WESTERN = "cp1252"
_USUAL = [
    *(_WESTERN, "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("iso8859_2", "iso8859_15", "koi8_r", "mac_roman"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
]
_SAMPLE_LINES = 1_000
_WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]+|[A-Za-z]+[\x80-\xff]")
_PLAIN_LETTER = re.compile(rb"[A-Za-z]")
_MOJIBAKE = re.compile(
    "[^\\W\\d_][\u00a1-\u00a9\u00ab-\u00b4\u00b6\u00b8\u00b9\u00bb-\u00bf][^\\W\\d_]"
)
"""A sign such as £ or ³ between two letters: the text was decoded by the wrong encoding."""


def decode(content: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """Returns the text of a file and the name of its encoding.

    Args:
        content: the file's bytes.
        name: the file's name in messages.
        encoding: the encoding; None detects it.

    Raises:
        DataError: the content is not text in that encoding, or the encoding cannot be detected.
    """
    codec = encoding or _detect(content, name)
    try:
        text = content.decode(codec)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content.count(b"\n", 0, start) + 1
        raise DataError(f"{name}: line {line} is not {codec} text; set --encoding") from error
    if "\0" in text:
        raise DataError(
            f"{name}: the file has binary data; use a CSV or Parquet file (if it is UTF-16, set "
            "--encoding utf-16-le)"
        )
    return text.removeprefix("\ufeff"), PLAIN if codec == "utf-8-sig" else codec


def _detect(content: bytes, name: str) -> str:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return encoding
    try:
        content.decode(PLAIN)
    except UnicodeDecodeError as error:
        if b"\0" in content:
            return "latin-1"  # binary data, which `decode` rejects
        line = content.count(b"\n", 0, error.start) + 1
        return _choose(_select_sample(content), f"{name}: line {line} is not UTF-8 text")
    return PLAIN


def _select_sample(content: bytes) -> bytes:
    """Selects the first lines that are not ASCII: only these depend on the encoding."""
    lines = (line for line in content.splitlines() if not line.isascii())
    return b"\n".join(islice(lines, _SAMPLE_LINES))


def _choose(sample: bytes, problem: str) -> str:
    matches = charset_normalizer.from_bytes(sample, cp_isolation=_USUAL)
    ranked = [each for each in matches if not _MOJIBAKE.search(str(each))]
    if not ranked:
        raise DataError(f"{problem}, and its encoding cannot be detected; set --encoding")
    score = (ranked[0].chaos, ranked[0].coherence)
    best = [each for each in ranked if (each.chaos, each.coherence) == score]
    western = [each for each in best if _WESTERN in each.could_be_from_charset]
    if western and (len(best) == 1 or _is_amid_plain_letters(sample)):
        return _WESTERN
    if len(best) > 1:
        names = " or ".join(each.encoding for each in best[:3])
        raise DataError(f"{problem}; it may be {names}: choose one, e.g. --encoding {_WESTERN}")
    return best[0].encoding


def _is_amid_plain_letters(sample: bytes) -> bool:
    """Whether most words with foreign letters also have plain ones, as in Western languages."""
    words = _WORD.findall(sample)
    return 2 * sum(bool(_PLAIN_LETTER.search(word)) for word in words) > len(words)
