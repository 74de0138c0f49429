"""The wire formats: decode the bytes of each scoring protocol to rows, encode scores to bytes."""
