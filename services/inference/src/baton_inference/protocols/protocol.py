"""The descriptor of a scoring protocol: its paths, codec and part of the OpenAPI document.

To add a protocol, write a codec and a descriptor, and add the descriptor to `catalog.PROTOCOLS`.
Routes, access, traces and the OpenAPI document follow from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.arrow.columnar import TableReader
from baton_inference.protocols.codec import Codec
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Schema

Json = dict[str, Any]


@dataclass(frozen=True)
class CodecParts:
    """The inputs of `Protocol.compile`.

    Attributes:
        version: the version that the answers name.
        schema: its columns.
        output_schema: its task and outputs.
        arrow: reads Arrow and Parquet bodies.
        max_rows: the most rows of a request.
    """

    version: ModelVersion
    schema: Schema
    output_schema: OutputSchema
    arrow: TableReader
    max_rows: int


@dataclass(frozen=True)
class Description:
    """A protocol's part of the OpenAPI document.

    Attributes:
        operations: path template to the POST operation. The document adds the path parameters,
            the version headers and the problems.
        schemas: name to schema, for references.
    """

    operations: Mapping[str, Json]
    schemas: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Protocol:
    """A scoring protocol.

    Attributes:
        name: its name in metrics and logs.
        paths: the paths of its requests, as in the OpenAPI document. `{model_name}` and
            `{model_version}` are the model and version that the caller names.
        compile: compiles its codec for a version.
        describe: describes it for the OpenAPI document. Takes the serving version (None before
            the first load) and the most rows of a request.
        companions: other paths that a scoring key gives access to. A path that ends in a slash
            includes all paths below it.
    """

    name: str
    paths: tuple[str, ...]
    compile: Callable[[CodecParts], Codec[Any]]
    describe: Callable[[LiveVersion | None, int], Description]
    companions: tuple[str, ...] = ()


def refer_to(schema: str) -> Json:
    """Builds a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{schema}"}
