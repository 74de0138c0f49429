"""All codecs of a version."""

from inference_fakes import SIGNATURE

from baton_inference.codecs.compiled import compile_codecs
from baton_registry.model_version import ModelVersion


def test_has_every_protocol() -> None:
    """Each protocol has its codec, under its name."""
    codecs = compile_codecs(ModelVersion("m", "1"), SIGNATURE, ("no", "yes"), max_rows=1)
    assert set(codecs) == {"predict", "invocations", "v2"}
