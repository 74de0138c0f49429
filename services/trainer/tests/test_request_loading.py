import re
from pathlib import Path
from typing import Any

import pytest

from baton_trainer.errors import OptionError, RequestError
from baton_trainer.request import Columns, Data, Train, TrainRequest
from baton_trainer.request_loading import load_request


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def config(text: str, path: str = "baton.toml") -> Path:
    Path(path).write_text(text, encoding="utf-8")
    return Path(path)


FULL = """
[data]
file = "t.csv"

[columns]
target = "left"
positive = 1
drop = ["a", "b"]
id = ["customer"]

[train]
estimator = "random_forest"
params = {max_depth = 3, bootstrap = false, criterion = "gini"}
"""


def test_default_is_the_built_in_table() -> None:
    """The target and the estimator have defaults, too."""
    assert load_request(None, {}) == TrainRequest()
    assert TrainRequest().columns.target == "Churn"


def test_file_in_the_working_directory_is_used() -> None:
    """Its values are converted to those of the command line."""
    config(FULL)
    assert load_request(None, {}) == TrainRequest(
        data=Data(file=Path("t.csv")),
        columns=Columns(target="left", positive="1", drop=("a", "b"), id=("customer",)),
        train=Train(
            estimator="random_forest",
            params={"max_depth": "3", "bootstrap": "false", "criterion": "gini"},
        ),
    )


def test_path_of_the_table_is_relative_to_the_file(here: Path) -> None:
    (here / "own").mkdir()
    own = config(FULL, "own/b.toml")
    assert load_request(own, {}).data.file == Path("own/t.csv")


def test_tilde_in_the_path_of_the_table_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No shell reads the file."""
    monkeypatch.setenv("HOME", "/home/me")
    assert load_request(config('[data]\nfile = "~/t.csv"'), {}).data.file == Path("/home/me/t.csv")


def test_byte_order_mark_is_ignored() -> None:
    """Editors on Windows write one."""
    config("\ufeff" + FULL)
    assert load_request(None, {}).columns.target == "left"


def test_command_line_overrides_the_file_key_by_key() -> None:
    """The other keys of the file stay."""
    config(FULL)
    loaded = load_request(None, {"columns": {"positive": "0", "drop": ("c",)}})
    assert (loaded.columns.positive, loaded.columns.drop) == ("0", ("c",))
    assert (loaded.columns.target, loaded.columns.id) == ("left", ("customer",))


@pytest.mark.parametrize(
    ("given", "params"),
    [
        ({"estimator": "logistic"}, {}),
        ({"estimator": "logistic", "params": {"C": "1"}}, {"C": "1"}),
        ({"estimator": "random_forest"}, {"max_depth": "3"}),
        ({"params": {"n_estimators": "9"}}, {"n_estimators": "9"}),
    ],
)
def test_params_of_the_file_belong_to_its_estimator(
    given: dict[str, Any], params: dict[str, str]
) -> None:
    """Another estimator on the command line drops them."""
    config('[train]\nestimator = "random_forest"\nparams = {max_depth = 3}')
    assert load_request(None, {"train": given}).train.params == params


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[colums]", "[colums] is unknown; allowed are data, columns, train"),
        (
            "[columns]\ntraget = 'y'",
            "[columns] traget is unknown; allowed are target, positive, ",
        ),
        ("data = 'x'", "[data] = 'x'; allowed is a table of keys"),
        ("[columns]\ntarget = 3", "[columns] target = 3; allowed is the name of a column"),
        ("[columns]\ndrop = 'a'", "[columns] drop = 'a'; allowed is a list of column names"),
        ("[columns]\ndrop = ['a', 1]", "[columns] drop = ['a', 1]; allowed is a list of column"),
        ("[columns]\npositive = []", "[columns] positive = []; allowed is one of the target's two"),
        ("[data]\nfile = true", "[data] file = True; allowed is the path or URL of a CSV"),
        ("[train]\nsearch = -1", "[train] search = -1; allowed is a number of trials"),
        (
            "[train]\nseed = 4294967295",
            "[train] seed = 4294967295; allowed is a number from 0 to 4294967294",
        ),
        ("[train.params]\nC = [1]", "[train] params = {'C': [1]}; allowed is a table of"),
        ("[columns]\ntarget = y", "Invalid value (at line 2, column 10); it must be TOML"),
        ("[columns]\ntarget = 'a'\ntarget = 'b'", "Cannot overwrite a value (at "),
    ],
)
def test_error_is_one_line_with_file_key_and_allowed_values(text: str, line: str) -> None:
    config(text, "b.toml")
    with pytest.raises(RequestError) as caught:
        load_request(Path("b.toml"), {})
    assert str(caught.value).startswith(f"b.toml: {line}")
    assert "\n" not in str(caught.value)


def test_unreadable_file_is_an_error(here: Path) -> None:
    """A missing file, a folder, bytes that are not text."""
    with pytest.raises(RequestError, match=r"nix\.toml: No such file"):
        load_request(Path("nix.toml"), {})
    with pytest.raises(RequestError, match="Is a directory"):
        load_request(here, {})
    (here / "b.toml").write_bytes(b"[data]\n# \xff")
    with pytest.raises(RequestError, match=r"b\.toml: .*codec can't decode.*UTF-8"):
        load_request(here / "b.toml", {})


DOCUMENT = Path(__file__).parents[3] / "docs" / "baton-toml.md"


def test_example_in_the_document_is_valid() -> None:
    """It uses every key of the sections `data`, but for a query, and `columns`."""
    text = DOCUMENT.read_text(encoding="utf-8")
    (example,) = re.findall("```toml\n(.*?)```", text, re.DOTALL)
    example_request = load_request(config(example, "b.toml"), {})
    assert example_request.data.model_fields_set == set(Data.model_fields) - {"query"}
    assert example_request.columns.model_fields_set == set(Columns.model_fields)


def test_document_names_existing_keys_only() -> None:
    """Each row of its tables is checked."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for title, section in (("data", Data), ("columns", Columns), ("train", Train)):
        part = text.split(f"## [{title}]\n")[1].split("\n## ")[0]
        keys = re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)
        assert keys
        assert set(keys) <= set(section.model_fields)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"separator": "ab"}, "--separator = 'ab'; allowed is one character, or one of comma, "),
        ({"encoding": "latin9x"}, "--encoding = 'latin9x'; allowed is the name of a text encoding"),
        ({"encoding": "base64"}, "--encoding = 'base64'; allowed is the name of a text encoding"),
    ],
)
def test_error_names_an_option_of_the_command_line(given: dict[str, str], line: str) -> None:
    """The section is left out."""
    with pytest.raises(OptionError, match=line):
        load_request(None, {"data": given})


def test_separator_may_be_a_name() -> None:
    """A tab is hard to type in a shell."""
    assert load_request(None, {"data": {"separator": "tab"}}).data.separator == "\t"
