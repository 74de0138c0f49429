"""The protocols in which rows come in and scores go out, one module each."""
