"""A scoring protocol, described once: its paths, its codec, its part of the OpenAPI document.

To add one, write a codec and a descriptor, and put the descriptor into `catalog.PROTOCOLS`. Routes,
access, traces and the document follow from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.arrow.columnar import TableReader
from baton_inference.protocols.codec import Codec
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Label, Schema

Json = dict[str, Any]


@dataclass(frozen=True)
class CodecParts:
    """What a codec is compiled from.

    Attributes:
        version: named in the answers.
        schema: its schema.
        classes: its labels, in the order of the probabilities.
        arrow: reads Arrow and Parquet bodies.
        max_rows: rows that a request may hold.
    """

    version: ModelVersion
    schema: Schema
    classes: tuple[Label, ...]
    arrow: TableReader
    max_rows: int


@dataclass(frozen=True)
class Description:
    """A protocol's part of the OpenAPI document.

    Attributes:
        operations: path template to the POST operation. The document adds the parameters in the
            path, the version headers, and the problems.
        schemas: name to schema, for references.
    """

    operations: Mapping[str, Json]
    schemas: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Protocol:
    """A scoring protocol.

    Attributes:
        name: in metrics and logs.
        paths: where its requests are posted, as in the OpenAPI document. `{model_name}` and
            `{model_version}` stand for what the caller asks for.
        compile: makes its codec for a version.
        describe: describes it, with the version that serves (None: none yet) and the most rows.
        companions: other paths that a scoring key opens; one that ends in a slash opens all below.
    """

    name: str
    paths: tuple[str, ...]
    compile: Callable[[CodecParts], Codec[Any]]
    describe: Callable[[LiveVersion | None, int], Description]
    companions: tuple[str, ...] = ()


def refer_to(schema: str) -> Json:
    """Refers to a schema of the document by its name."""
    return {"$ref": f"#/components/schemas/{schema}"}
