"""Hosts: names and addresses that a program listens on, and in URLs."""


def parse_host(value: str) -> str:
    """Parses a host to listen on. IPv6 may have brackets, as in URLs.

    Raises:
        ValueError: it is none; the message says what is allowed.
    """
    host = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    if not host or any(character in "/[]@" or character.isspace() for character in host):
        raise ValueError(
            "must be a host name or address to listen on, e.g. 127.0.0.1, 0.0.0.0 or ::"
        )
    return host


def format_url_host(host: str) -> str:
    """Formats a host for a URL: an IPv6 address gets brackets."""
    return f"[{host}]" if ":" in host else host
