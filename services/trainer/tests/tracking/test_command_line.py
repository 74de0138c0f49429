from pathlib import Path

from baton_trainer.request import Columns, Data, Train, TrainRequest
from baton_trainer.tracking.command_line import command


def test_defaults_are_not_repeated() -> None:
    """The shortest line that asks for the same."""
    assert command(TrainRequest()) == "baton train"


def test_everything_that_decides_what_is_trained_is_there_quoted_for_a_shell() -> None:
    """Lists and parameters once for each, costs and seeds as numbers."""
    request = TrainRequest(
        data=Data(file=Path("my table.csv")),
        columns=Columns(target="left?", positive="yes", drop=("a", "b")),
        train=Train(estimator="xgboost", params={"max_depth": "3"}, search=20, cost_fn=2.5),
    )
    assert command(request) == (
        "baton train --data 'my table.csv' --target 'left?' --positive yes --drop a --drop b "
        "--estimator xgboost --param max_depth=3 --search 20 --cost-fn 2.5"
    )
