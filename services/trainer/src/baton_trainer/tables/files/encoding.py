"""The text encoding of a file: given, or found out without guessing between two.

UTF-8 and what a byte order mark says come first. Else charset-normalizer ranks the encodings that
tables are usually written in. Windows-1252 wins a tie, as in the browsers' standard
(https://encoding.spec.whatwg.org/#names-and-labels), if the foreign letters stand amid plain ones.
"""

import codecs
import re
from itertools import islice

import charset_normalizer

from baton_trainer.errors import DataError

PLAIN = "utf-8"

_MARKS = {  # UTF-32's mark begins with UTF-16's
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
"""A sign such as £ or ³ between two letters: text that was decoded as what it is not."""


def decode(content: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file, and the name of its encoding.

    Args:
        content: the file's bytes.
        name: what to call it in messages.
        encoding: None means: find out.

    Raises:
        DataError: it is not text in that encoding, or which one it is cannot be told.
    """
    found = encoding or _detect(content, name)
    try:
        text = content.decode(found)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = content.count(b"\n", 0, start) + 1
        raise DataError(f"{name}: line {line} is not {found} text; say --encoding") from error
    if "\0" in text:
        raise DataError(
            f"{name}: binary data; give a CSV or Parquet file (or is it UTF-16? then say "
            "--encoding utf-16-le)"
        )
    return text.removeprefix("\ufeff"), PLAIN if found == "utf-8-sig" else found


def _detect(content: bytes, name: str) -> str:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return encoding
    try:
        content.decode(PLAIN)
    except UnicodeDecodeError as error:
        if b"\0" in content:
            return "latin-1"  # binary, which is told when it is decoded
        line = content.count(b"\n", 0, error.start) + 1
        return _choose(_select_sample(content), f"{name}: line {line} is not UTF-8 text")
    return PLAIN


def _select_sample(content: bytes) -> bytes:
    """The first lines that are not plain ASCII: all else says nothing of the encoding."""
    lines = (line for line in content.splitlines() if not line.isascii())
    return b"\n".join(islice(lines, _SAMPLE_LINES))


def _choose(sample: bytes, problem: str) -> str:
    found = charset_normalizer.from_bytes(sample, cp_isolation=_USUAL)
    ranked = [each for each in found if not _MOJIBAKE.search(str(each))]
    if not ranked:
        raise DataError(f"{problem}, and in which encoding it is cannot be told; say --encoding")
    score = (ranked[0].chaos, ranked[0].coherence)
    best = [each for each in ranked if (each.chaos, each.coherence) == score]
    western = [each for each in best if _WESTERN in each.could_be_from_charset]
    if western and (len(best) == 1 or _is_amid_plain_letters(sample)):
        return _WESTERN
    if len(best) > 1:
        names = " or ".join(each.encoding for each in best[:3])
        raise DataError(f"{problem}; it may be {names}: say which, e.g. --encoding {_WESTERN}")
    return best[0].encoding


def _is_amid_plain_letters(sample: bytes) -> bool:
    """Whether most words with foreign letters have plain ones too, as in Western languages."""
    words = _WORD.findall(sample)
    return 2 * sum(bool(_PLAIN_LETTER.search(word)) for word in words) > len(words)
