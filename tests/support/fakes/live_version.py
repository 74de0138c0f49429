"""A live version with a fake model, and a status that names one."""

from collections.abc import Mapping, Sequence
from typing import Any

from baton_engine.engine import ServingEngine
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.lifecycle.pace import Pace
from baton_inference.lifecycle.status import RegistryStatus, ServingStatus, Status
from baton_inference.protocols.arrow.child import answer
from baton_inference.protocols.arrow.columnar import ArrowTable
from baton_inference.protocols.arrow.reader import build_read_request, parse_read_answer
from baton_inference.protocols.catalog import compile_codecs, list_protocols
from baton_inference.protocols.protocol import CodecParts
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.models import INSTANCE, SCHEMA, SumModel

NO_TIME = Pace()
AT = "2026-11-23T10:00:00.000Z"
SERVING = Status(
    model_name="churn_model",
    alias="production",
    state="serving",
    aspired_version="3",
    serving=ServingStatus("3", "run-3", "onnx", "registry", AT),
    registry=RegistryStatus(reachable=True, last_success_at=AT),
    last_load_failure=None,
    swaps=0,
)


class InProcessReader:
    """Reads Arrow and Parquet in this process, which a hostile body would end."""

    def read(
        self, body: bytes, media_type: bytes, columns: Sequence[Column], max_rows: int
    ) -> ArrowTable:
        request = build_read_request(body, media_type, columns, max_rows)
        return parse_read_answer(answer(request), max_rows)


def make_live_version(  # noqa: PLR0913 - each passed by name
    engine: ServingEngine | None = None,
    *,
    version: str = "1",
    schema: Schema = SCHEMA,
    example: Mapping[str, Any] = INSTANCE,
    inline_rows: int = 64,
    pace: Pace = NO_TIME,
    max_rows: int = 10_000,
) -> LiveVersion:
    """Makes a version that can answer."""
    engine = engine or SumModel()
    model = ModelVersion(
        "churn_model", version, run_id=f"run-{version}", source=f"models:/m-{version}"
    )
    parts = CodecParts(model, schema, engine.output_schema, InProcessReader(), max_rows)
    codecs = compile_codecs(parts, list_protocols(has_grpc=True))
    return LiveVersion(model, schema, engine, codecs, example, inline_rows, pace, "registry", AT)
