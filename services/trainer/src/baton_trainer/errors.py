"""The errors of training, comparison and reproduction.

TrainError
├── RequestError      an option or a key of baton.toml is unknown, or its value is not allowed
│   └── OptionError   an option of the command line: a usage error
├── DataError         the table cannot be trained on: unreadable, too few rows, one class, …
├── ParameterError    an unknown estimator or parameter, or a value that the estimator rejects
├── FitError          the estimator failed on this table
├── ExportError       the pipeline has no ONNX form that can be served
├── VersionNotLoadable  a registered version cannot be loaded as the service loads it
├── RecordMissing     a version has no readable run record, so it cannot be reproduced
├── ProfileMissing    a version has no profile of its training rows, and none can be made
├── ImportFailed      a version of another registry cannot be fetched, opened or converted
├── NotComparable     two models cannot be compared on the same rows
└── RecordError       MLflow did not accept the run; nothing was registered

Every text is one line: what failed, why, and what to do.
"""


class TrainError(Exception):
    """The base of all errors that this package raises on purpose."""


class RequestError(TrainError):
    """An option or a key of `baton.toml` is unknown, or its value is not allowed."""


class OptionError(RequestError):
    """The value of an option of the command line is not allowed."""


class DataError(TrainError):
    """The table cannot be trained on."""


class ParameterError(TrainError):
    """An unknown estimator or parameter, or a value that the estimator rejects."""


class FitError(TrainError):
    """The estimator failed on this table."""


class ExportError(TrainError):
    """The pipeline has no ONNX form that can be served."""


class VersionNotLoadable(TrainError):
    """A registered version cannot be loaded as the service loads it."""


class RecordMissing(TrainError):
    """A version has no readable run record."""


class ProfileMissing(TrainError):
    """A version has no profile of its training rows, and none can be made."""


class ImportFailed(TrainError):
    """A version of another registry cannot be fetched, opened or converted."""


class NotComparable(TrainError):
    """Two models cannot be compared on the same rows."""


class RecordError(TrainError):
    """MLflow did not accept the run."""
