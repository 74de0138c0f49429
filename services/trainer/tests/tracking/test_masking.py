import pytest

from baton_trainer.tracking.masking import masked


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        ("--target", "--target"),
        ("C=0.1", "C=0.1"),
        ("own/t.csv", "own/t.csv"),
        ("/home/ann/t.csv", "t.csv"),
        ("--data=/home/ann/t.csv", "--data=t.csv"),
        ("http://ann:x/y@host/t", "http://ann:x/y@host/t"),  # the user ends at the first slash
        ("http://ann:pass@host/t", "http://host/t"),
        ("http://ann:p@ss@host/t", "http://host/t"),
        ("--uri=https://ann:pass@host", "--uri=https://host"),
        ("api_key=12", "api_key=***"),
        ("--password=12", "--password=***"),
    ],
)
def test_an_argument_loses_what_is_nobodys_business(argument: str, shown: str) -> None:
    """Secrets, credentials in addresses, and folders of this machine."""
    assert masked([argument]) == [shown]


def test_what_follows_a_secret_option_is_hidden() -> None:
    """And nothing after it."""
    assert masked(["baton", "--token", "12", "train"]) == ["baton", "--token", "***", "train"]
