"""The headers that name the version that answered."""

from functools import lru_cache
from urllib.parse import quote

from baton_inference.web.answers.answer import FixedHeaders

# Headers are ASCII: other characters of a name are percent-encoded, and so is the percent sign.
_SAFE = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")


@lru_cache(maxsize=16)  # the same few versions answer every request
def build_version_headers(name: str, version: str, alias: str = "") -> FixedHeaders:
    """Builds `X-Model-Name`, `X-Model-Version` and, for a version chosen by it, `X-Model-Alias`."""
    headers: FixedHeaders = (
        (b"x-model-name", quote(name, safe=_SAFE).encode()),
        (b"x-model-version", quote(version, safe=_SAFE).encode()),
    )
    return (*headers, (b"x-model-alias", quote(alias, safe=_SAFE).encode())) if alias else headers
