"""All codecs of a version."""

from baton_inference.protocols.compiled import compile_codecs
from baton_registry.versions.model_version import ModelVersion
from tests.support.inference_fakes import SIGNATURE, NearReader


def test_has_every_protocol() -> None:
    """Each protocol has its codec, under its name."""
    version, reader = ModelVersion("m", "1"), NearReader()
    codecs = compile_codecs(version, SIGNATURE, ("no", "yes"), arrow=reader, max_rows=1)
    assert set(codecs) == {"predict", "invocations", "v2"}
