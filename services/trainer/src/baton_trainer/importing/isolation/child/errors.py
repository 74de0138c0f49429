"""The error of a model that opens, but cannot be imported."""


class NotImportable(ValueError):
    """The message says what to do, without the name of an exception."""
