"""Which requests the canary answers: the hash of a key, compared with the weight.

There is no state. All replicas agree, a key that reached the canary stays there while the weight
grows, and the next canary meets other keys.
"""

from hashlib import blake2b

BUCKETS = 10_000
"""A bucket is a hundredth of a percent."""


def choose_bucket(model: str, canary_version: str, key: bytes) -> int:
    """Chooses the bucket of a request, in [0, 10,000).

    Args:
        model: the name of the registered model.
        canary_version: the number of the canary's version.
        key: the routing key, or the request id.
    """
    # NUL occurs in no name, so no two models and versions share a prefix.
    prefix = f"{model}\0{canary_version}\0".encode()
    return int.from_bytes(blake2b(prefix + key, digest_size=8).digest()) % BUCKETS


def count_buckets(weight: float) -> int:
    """Counts the buckets whose requests the canary answers: the first ones.

    Args:
        weight: the canary's share of the requests, in percent.
    """
    # Rounded, because 100 * 1.1 is slightly more than 110.
    return round(weight * BUCKETS / 100)
