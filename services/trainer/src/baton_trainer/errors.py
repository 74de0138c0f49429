"""What can keep a training from giving a version.

TrainError
├── RequestError      an option or a key of baton.toml is unknown, or its value is not allowed
│   └── OptionError   an option of the command line: a usage error
├── DataError         the table cannot be trained on: unreadable, too few rows, one class, …
├── ParameterError    an unknown estimator or parameter, or a value that it refuses
├── FitError          the estimator gave up on this table
├── ExportError       the pipeline has no ONNX form that can be served
├── VersionNotLoadable  a registered version cannot be loaded as the service would
├── RecordMissing     a version's run does not say how to repeat its training
├── NotComparable     two models cannot be judged by the same rows
└── RecordError       MLflow did not take the run; nothing was registered

Every text is one line: what, where, a hint.
"""


class TrainError(Exception):
    """The root: everything that this package raises on purpose."""


class RequestError(TrainError):
    """An option or a key of `baton.toml` is unknown, or its value is not allowed."""


class OptionError(RequestError):
    """The value of an option of the command line is not allowed."""


class DataError(TrainError):
    """The table cannot be trained on."""


class ParameterError(TrainError):
    """An unknown estimator or parameter, or a value that the estimator refuses."""


class FitError(TrainError):
    """The estimator gave up on this table."""


class ExportError(TrainError):
    """The pipeline has no ONNX form that can be served."""


class VersionNotLoadable(TrainError):
    """A registered version cannot be loaded as the service would load it."""


class RecordMissing(TrainError):
    """A version's run does not say how to repeat its training."""


class NotComparable(TrainError):
    """Two models cannot be judged by the same rows."""


class RecordError(TrainError):
    """MLflow did not take the run."""
