"""Only names and versions of packages get to the installer."""

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.environment.requirement_lines import (
    parse_lines,
    read_requirements,
)


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://evil.example/simple",
        "--extra-index-url=https://user:secret@evil.example/simple",
        "-i https://evil.example/simple",
        "--find-links /tmp",
        "-r other.txt",
        "-c constraints.txt",
        "-e .",
        "--no-binary :all:",
        "scikit-learn==1.4.2 --hash=sha256:0",
        "scikit-learn==1.4.2 --config-settings=x=y",
        "scikit-learn==1.4.2 \\",
        "evil @ https://evil.example/evil-1.0-py3-none-any.whl",
        "evil@file:///tmp/evil",
        "git+https://evil.example/evil.git",
        "evil @ git+ssh://git@evil.example/evil.git",
        "https://evil.example/evil.zip",
        "./evil",
        "../evil",
        "/tmp/evil",
        "~/evil",
        "C:\\evil",
        "evil-1.0-py3-none-any.whl",
        "evil.tar.gz",
        "evil.ZIP",
        "pack${HOME}",
        "pack-$HOME",
        "scikit-learn==1.4.2; python_version > '${HOME}'",
        "scikit learn",
        "==1.0",
        "pack\x00",
        "pack\u200b",
    ],
)
def test_other_lines_are_refused(line: str) -> None:
    """Options, URLs, paths and variables end the import with a line that hides their secrets."""
    with pytest.raises(ImportFailed) as caught:
        list(parse_lines(["numpy==1.26.4", line], "requirements.txt"))

    assert "line 2 of the model's requirements.txt" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_requirements_are_read() -> None:
    """Names, extras, versions and markers are accepted; comments and empty lines are skipped."""
    lines = [
        "# of MLflow",
        "",
        "mlflow==2.22.0",
        "scikit-learn[tests] >=1.4, <1.5  # as trained",
        "torch==2.1.0+cpu; sys_platform == 'linux'",
        "numpy==1.26.*",
        "psutil",
    ]

    assert [str(each) for each in parse_lines(lines, "requirements.txt")] == [
        "mlflow==2.22.0",
        "scikit-learn[tests]<1.5,>=1.4",
        'torch==2.1.0+cpu; sys_platform == "linux"',
        "numpy==1.26.*",
        "psutil",
    ]


@given(
    st.text(max_size=60) | st.from_regex(r"[a-z.]{1,8}[ @=<>~!;$\\/:\[\]+-]{0,3}[a-z0-9./:]{0,9}")
)
def test_accepted_lines_have_no_place(line: str) -> None:
    """Whatever is accepted has no URL, and its text cannot be read as an option, path or URL."""
    try:
        accepted = list(parse_lines([line], "requirements.txt"))
    except ImportFailed:
        return
    for each in accepted:
        text = str(each)
        assert each.url is None
        assert not set(text) & set("$/\\:@\n\r#%{}")
        assert text[0].isalnum()
        assert str(Requirement(text)) == text


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("requirements.txt", "numpy==1.26.4\n", ["numpy==1.26.4"]),
        (
            "conda.yaml",
            "dependencies: [python=3.11, pip<=23, {pip: [mlflow==1.30, numpy]}]",
            ["mlflow==1.30", "numpy"],
        ),
        ("python_env.yaml", "python: 3.11\ndependencies: [numpy==1.26.4]", ["numpy==1.26.4"]),
        ("other.txt", "numpy", []),
    ],
)
def test_each_file_of_mlflow(tmp_path: Path, file: str, content: str, expected: list[str]) -> None:
    """Requirements are in one of three files."""
    (tmp_path / file).write_text(content, encoding="utf-8")

    assert [str(each) for each in read_requirements(tmp_path)] == expected


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("requirements.txt", b"x\n" * 501),
        ("requirements.txt", b"#" * (2**18 + 1)),
        ("requirements.txt", pickle.dumps(["numpy"])),
        ("conda.yaml", b"dependencies: [{pip: [[numpy]]}]"),
        ("conda.yaml", b"dependencies: [{pip: ['-r other.txt']}]"),
        ("conda.yaml", b"- numpy"),
        ("python_env.yaml", b"dependencies: ['-r requirements.txt']"),
        ("python_env.yaml", b"dependencies: [&a [x], *a]"),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, file: str, content: bytes) -> None:
    """Files that are too large, or not what MLflow writes."""
    (tmp_path / file).write_bytes(content)

    with pytest.raises(ImportFailed, match=file):
        read_requirements(tmp_path)
