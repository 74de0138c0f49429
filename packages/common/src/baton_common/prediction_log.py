"""The layout of the prediction log: a folder of Parquet that any tool reads as it is.

Inference writes it; the verbs that read it, and your own queries, find their way by these names:

    <folder>/model=churn_model/version=3/date=2026-11-29/<process>-<n>.parquet
    <folder>/labels/model=churn_model/date=2026-11-29/<process>-<n>.parquet

The first are *predictions*, one line for each row of an answered request, the second *labels*, what
became known about such a row later. The dates are those of the answer and of the label's arrival,
in UTC. A name that ends with `.parquet` is that of a closed file, which never changes again.
Old files are removed. So are small files of labels, after they were merged into another one: their
labels are in two files for a while, and never in none.

Columns of predictions, in this order:

| column | type | is |
|---|---|---|
| `time` | timestamp[us, UTC] | when the answer was complete |
| `request_id` | string | the request's id, as in its answer |
| `row` | int32 | the number of the row in the request, from 0 |
| `key` | string | HMAC-SHA256 of the routing key in hex; null without a secret or without a key |
| `protocol` | string | the scoring protocol |
| `alias` | string | the alias that chose the version; null if the request named a number |
| as in `baton score` | | the outputs of the version, for example `label`, `probability_yes` |
| `other_version` | string | the other version that scored the row; null if none did |
| `other_` + output | | its outputs, by the same names and types |
| `sampling` | double | the share of rows that were kept then, in (0, 1] |
| `f_` + feature | the feature's | the row, unless its columns are private |

If rows of a request with several rows are sampled, row 0 is never kept alone.

Columns of labels: `received_at` (timestamp[us, UTC]), `request_id`, `row`, `label` (string: a class
or a number as text), `at` (timestamp[us, UTC], when the label became known; null if not said),
`source` (`file`, or `api`), `api_key` (the name of the key that sent it; null without keys).
"""

import hmac
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

LABELS = "labels"
"""The folder of labels within the log."""
SUFFIX = ".parquet"
"""The ending of closed files."""

TIME, REQUEST_ID, ROW, KEY, PROTOCOL, ALIAS = (
    "time",
    "request_id",
    "row",
    "key",
    "protocol",
    "alias",
)
OTHER_VERSION, SAMPLING = "other_version", "sampling"
OTHER, FEATURE = "other_", "f_"
"""Prefixes of the other version's outputs, and of features."""
MAX_FOLDER_BYTES = 255
"""The longest name of a folder: NAME_MAX of Linux, macOS and their usual file systems."""
MAX_TEXT = 256
"""Longer texts of features are cut."""

RECEIVED_AT, LABEL, AT, SOURCE, API_KEY = "received_at", "label", "at", "source", "api_key"
FROM_FILE = "file"
"""The value of `source` for a label that `baton feedback FILE` stored."""


def hash_key(secret: bytes, routing_key: bytes) -> str:
    """Hashes a routing key: the column `key`."""
    return hmac.new(secret, routing_key, "sha256").hexdigest()


def get_model_folder(model: str) -> PurePosixPath:
    """Returns the folder of a model's predictions, relative to the log."""
    return PurePosixPath(_format_partition("model", model))


def get_version_folder(model: str, version: str) -> PurePosixPath:
    """Returns the folder of a version's predictions, relative to the log."""
    return get_model_folder(model) / _format_partition("version", version)


def get_labels_folder(model: str) -> PurePosixPath:
    """Returns the folder of a model's labels, relative to the log."""
    return LABELS / get_model_folder(model)


def build_predictions_folder(model: str, version: str, day: date) -> PurePosixPath:
    """Returns the folder of a version's predictions of a day, relative to the log."""
    return get_version_folder(model, version) / _format_partition("date", day.isoformat())


def build_labels_folder(model: str, day: date) -> PurePosixPath:
    """Returns the folder of a model's labels of a day, relative to the log."""
    return get_labels_folder(model) / _format_partition("date", day.isoformat())


def measure_model_folder(model: str) -> int:
    """Returns the bytes of the name of a model's folder: most letters that are not Latin take 6."""
    return len(_format_partition("model", model))


def parse_partition(part: str) -> tuple[str, str]:
    """Splits a folder's name, for example `model=a%20b`, into its key and its value.

    Raises:
        ValueError: it is not a partition.
    """
    key, separator, value = part.partition("=")
    if not separator or not key:
        raise ValueError(f"{part!r} is not a partition")
    return key, unquote(value)


def _format_partition(key: str, value: str) -> str:
    """Formats the name of a folder as Hive, Spark and DuckDB do: percent-encoded."""
    return f"{key}={quote(value, safe=' ')}"
