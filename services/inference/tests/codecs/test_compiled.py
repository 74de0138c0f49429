"""All codecs of a version."""

from inference_fakes import SIGNATURE, NearReader

from baton_inference.codecs.compiled import compile_codecs
from baton_registry.model_version import ModelVersion


def test_has_every_protocol() -> None:
    """Each protocol has its codec, under its name."""
    version, reader = ModelVersion("m", "1"), NearReader()
    codecs = compile_codecs(version, SIGNATURE, ("no", "yes"), arrow=reader, max_rows=1)
    assert set(codecs) == {"predict", "invocations", "v2"}
