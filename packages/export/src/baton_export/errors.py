"""The error of this package."""


class CannotExport(Exception):
    """The model has no ONNX form that Baton trusts. The message is one line.

    It names the step of the pipeline, by name and class, and what to do.
    """
