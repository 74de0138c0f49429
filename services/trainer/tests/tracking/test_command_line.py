from pathlib import Path

from baton_trainer.request import Columns, Data, Train, TrainRequest
from baton_trainer.tracking.command_line import format_command


def test_defaults_are_left_out() -> None:
    assert format_command(TrainRequest()) == "baton train"


def test_command_has_every_option_quoted_for_a_shell() -> None:
    """Each item of a list repeats its option."""
    request = TrainRequest(
        data=Data(file=Path("my table.csv")),
        columns=Columns(target="left?", positive="yes", drop=("a", "b")),
        train=Train(estimator="xgboost", params={"max_depth": "3"}, search=20, cost_fn=2.5),
    )
    assert format_command(request) == (
        "baton train --data 'my table.csv' --target 'left?' --positive yes --drop a --drop b "
        "--estimator xgboost --param max_depth=3 --search 20 --cost-fn 2.5"
    )
