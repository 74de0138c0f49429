"""A search on a cluster."""

import pytest

from baton_cli.dask_cluster.joblib_backend import use_cluster
from baton_cli.dask_cluster.options import ClusterOptions
from baton_cli.main import run
from baton_trainer.models import estimators
from baton_trainer.request import Train
from baton_trainer.tuning import search
from tests.support.cli.dask_cluster import RunningCluster
from tests.support.trainer.tables import QUICK, some_table


@pytest.mark.parametrize("estimator", ["logistic", "random_forest"])
def test_trials_are_those_of_this_process(estimator: str, cluster: RunningCluster) -> None:
    """The same proposals and metrics, to the last digit; forests use joblib themselves."""
    params = QUICK[estimator]
    table, options = some_table(), Train(params=params, search=3)
    untuned = estimators.build_learner("classifier", estimator, params)
    here = [*search.run_trials(table, untuned, options)]
    with cluster.configure(), use_cluster(ClusterOptions(scheduler=cluster.address)):
        there = [*search.run_trials(table, untuned, options)]
    assert any("_evaluate_fold" in name for name in cluster.cluster.scheduler.task_prefixes)
    assert [each.params for each in there] == [each.params for each in here]
    assert [each.metrics for each in there] == [each.metrics for each in here]


def test_cluster_without_a_search_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing would run on it."""
    assert run(["train", "--workers", "2"]) == 2
    assert "run the trials of --search N" in capsys.readouterr().err
