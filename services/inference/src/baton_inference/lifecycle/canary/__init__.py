"""Follows the alias of the canary: what is known of it, when it is refused, its share."""
