# ruff: noqa: RUF001 - foreign letters are what this is about
import codecs

import pytest

from baton_trainer.errors import DataError
from baton_trainer.tables.files import encoding

GERMAN = "name,stadt\n" + "Müller,Köln\nGroß,München\nSchäfer,Düsseldorf\n" * 9
FRENCH = "surface en m²,prix €\n" + "Hélène,Besançon\nl’été,Nîmes\n" * 9
POLISH = "miasto,kraj\n" + "Łódź,łódzkie\nKraków,małopolskie\nGdańsk,pomorskie\n" * 9
RUSSIAN = "город,область\n" + "Москва,Московская\nТула,Тульская\n" * 9
GREEK = "πόλη,νομός\n" + "Αθήνα,Αττική\nΠάτρα,Αχαΐα\n" * 9
JAPANESE = "都市,県\n" + "横浜,神奈川\n大阪,大阪府\nさいたま,埼玉\n" * 9
RARE = "name,city\n" + "".join(f"n{row},Paris\n" for row in range(300)) + "x,Orléans\n"


@pytest.mark.parametrize(
    ("text", "written_as", "read_as"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8-sig", "utf-8"),
        (GERMAN, "utf-16", "utf-16"),
        (GERMAN, "utf-32", "utf-32"),
        (GERMAN, "latin-1", "cp1252"),
        (FRENCH, "cp1252", "cp1252"),
        (POLISH, "cp1250", "cp1250"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8_r", "koi8_r"),
        (GREEK, "cp1253", "cp1253"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, "euc_jp", "euc_jp"),
        (RARE, "latin-1", "cp1252"),
    ],
)
def test_the_encoding_is_detected(text: str, written_as: str, read_as: str) -> None:
    """A few lines with a letter outside ASCII are enough."""
    content = text.encode(written_as)
    assert encoding.decode(content, "f") == (text, read_as)
    assert encoding.decode(content, "f") == (text, read_as)


@pytest.mark.parametrize(
    ("content", "given", "line"),
    [
        ("a\nü\n".encode("latin-1"), None, "f: line 2 is not UTF-8 text; it may be .* or .*--enc"),
        ("a\nü\n".encode("latin-1"), "utf-8", "f: line 2 is not utf-8 text; set --encoding"),
        ("a\nü\n".encode("latin-1"), "ascii", "f: line 2 is not ascii text"),
        (b"a\n\x81\n", "cp1252", "line 2 is not cp1252 text"),
        (b"a\nb\0\n", None, "f: the file has binary data"),
        (b"\xff\xfea", None, "f: line 1 is not utf-16 text"),
        (bytes(range(128, 256)) * 3, None, "f: line 1 is not UTF-8 text"),
    ],
)
def test_an_ambiguous_or_wrong_encoding_is_rejected(
    content: bytes, given: str | None, line: str
) -> None:
    """The error names the line."""
    with pytest.raises(DataError, match=line):
        encoding.decode(content, "f", given)


def test_a_given_encoding_is_used() -> None:
    """Whatever the bytes look like; a byte order mark is removed."""
    assert encoding.decode("ü".encode(), "f", "cp1252")[0] == "Ã¼"
    assert encoding.decode(codecs.BOM_UTF8 + b"a", "f", "utf-8")[0] == "a"
    assert encoding.decode("ü".encode("utf-16-le"), "f", "utf-16-le")[0] == "ü"
