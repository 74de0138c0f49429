import pytest

from baton_trainer.tracking.masking import mask_arguments


@pytest.mark.parametrize(
    ("argument", "masked"),
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
def test_private_parts_of_an_argument_are_removed(argument: str, masked: str) -> None:
    """Secrets, credentials in URLs, and folders of this machine."""
    assert mask_arguments([argument]) == [masked]


def test_value_after_a_secret_option_is_hidden() -> None:
    assert mask_arguments(["baton", "--token", "12", "train"]) == [
        "baton",
        "--token",
        "***",
        "train",
    ]
