"""Plain YAML: hostile documents are errors, and never end the process."""

import pytest

from baton_registry.versions.plain_yaml import MAX_DEPTH, parse_yaml


def test_values_are_those_of_yaml() -> None:
    """Types follow from YAML's rules; an alias is the value that it names."""
    document = "a: 1\nb: [x, 'y', 1.5, null, true, 2026-11-29]\nc: &c {d: e}\nf: *c\n"

    parsed = parse_yaml(document)

    assert parsed["a"] == 1
    assert parsed["b"][:5] == ["x", "y", 1.5, None, True]
    assert parsed["f"] == {"d": "e"}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 100_000])
def test_deep_documents_are_refused(opening: str, levels: int) -> None:
    """Libyaml's recursion would end the process at some depth."""
    with pytest.raises(ValueError, match="nested more than"):
        parse_yaml(opening * levels)


def test_the_greatest_depth_is_read() -> None:
    """The limit itself is allowed."""
    assert parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH)


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "a: &a {b: 1}\nc: {<<: *a}",
        "!!python/object/apply:os.system ['true']",
        "a: *unknown",
        "a\x00b",
        "\tb: 1",
    ],
)
def test_other_documents_are_refused(text: str) -> None:
    """Merge keys, objects of Python, and what is not YAML at all."""
    with pytest.raises(ValueError, match="is not YAML"):
        parse_yaml(text)
