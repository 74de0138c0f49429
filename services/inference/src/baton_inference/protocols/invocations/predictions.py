"""The predictions of `/invocations`: what the `predict` of the original model returns."""

from baton_registry.versions.output_schema import LABEL, PROBABILITIES, VALUE, OutputSchema


def choose_output(output_schema: OutputSchema, *, predicts_probabilities: bool) -> str:
    """Chooses the output whose values are the predictions.

    Args:
        output_schema: the model's outputs.
        predicts_probabilities: `predict` returns probabilities, see `Schema`.
    """
    names = {output.name for output in output_schema.outputs}
    if predicts_probabilities and PROBABILITIES in names:
        return PROBABILITIES
    return LABEL if LABEL in names else VALUE
