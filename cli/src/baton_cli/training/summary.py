"""The figures of a registered version in one line."""

from collections.abc import Mapping


def describe_metric(metrics: Mapping[str, float], prefix: str) -> str:
    """Describes the metric of the version's task, e.g. `ROC AUC 0.8139`; empty if it has none.

    Args:
        metrics: by name, as the run has them.
        prefix: what precedes the name: `test_`, `production_` or `data_`.
    """
    from baton_trainer.evaluation.prediction import METRICS  # noqa: PLC0415 - loaded by now

    values = ((metric, metrics.get(f"{prefix}{metric.name}")) for metric in METRICS)
    texts = (
        f"{each.title} {each.format_value(value)}" for each, value in values if value is not None
    )
    return next(texts, "")
