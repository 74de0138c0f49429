"""Every protocol's codec, compiled for one version."""

from collections.abc import Callable, Mapping
from typing import Any

from baton_inference.protocols.arrow.columnar import TableReader
from baton_inference.protocols.codec import Codec
from baton_inference.protocols.invocations import codec as invocations
from baton_inference.protocols.predict import codec as predict
from baton_inference.protocols.v2 import codec as v2
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signature import Label, Signature

Codecs = Mapping[str, Codec[Any]]
"""Protocol name to codec."""
CompileCodecs = Callable[[ModelVersion, Signature, tuple[Label, ...]], Codecs]
"""Makes the codecs of a version from its signature and its classes."""


def compile_codecs(
    version: ModelVersion,
    signature: Signature,
    classes: tuple[Label, ...],
    *,
    arrow: TableReader,
    max_rows: int,
) -> Codecs:
    """The codecs of a version.

    Args:
        version: named in the answers.
        signature: its columns.
        classes: its labels, in the order of the probabilities.
        arrow: reads Arrow and Parquet bodies.
        max_rows: rows that a request may hold.
    """
    return {
        predict.PROTOCOL: predict.PredictCodec(version, signature, classes, max_rows=max_rows),
        invocations.PROTOCOL: invocations.InvocationsCodec(
            version, signature, arrow, max_rows=max_rows
        ),
        v2.PROTOCOL: v2.V2Codec(version, signature, max_rows=max_rows),
    }
