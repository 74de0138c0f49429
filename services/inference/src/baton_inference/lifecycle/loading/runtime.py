"""The runtime that versions are proven with."""

from functools import cache
from importlib.metadata import version

PACKAGES = ("baton-inference", "onnxruntime")
"""Another release of one of them can crash on a version that the release before served."""


@cache
def describe_runtime() -> str:
    """Names the installed releases of `PACKAGES`, for comparison."""
    return "\n".join(f"{name} {version(name)}" for name in PACKAGES)
