"""The errors of this package.

Exception
├── CannotExport   for the caller: no way leads to the same model
└── Unsupported    inside: a step has no exact form; the usual way may still have one
    └── Refused    inside: converters get the step wrong, so no other way is tried
"""


class CannotExport(Exception):
    """The model has no ONNX form that Baton trusts. The message is one line.

    It names the step of the pipeline, by name and class, and what to do.
    """


class Unsupported(Exception):
    """A step cannot be expressed.

    Attributes:
        reason: what cannot be expressed.
        hint: what to do.
    """

    def __init__(self, reason: str, hint: str = "") -> None:
        """Keeps the reason and the hint."""
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class Refused(Unsupported):
    """A step that converters express, but as another model."""
