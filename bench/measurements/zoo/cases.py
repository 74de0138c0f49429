"""All cases of the zoo."""

from bench.measurements.zoo import booster_cases, estimator_cases, other_cases, step_cases
from bench.measurements.zoo.case import Case


def list_cases() -> list[Case]:
    """Lists all cases, by group."""
    modules = (estimator_cases, booster_cases, step_cases, other_cases)
    return [case for module in modules for case in module.iter_cases()]
