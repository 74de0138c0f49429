"""Texts that are not JSON values."""

NOT_JSON = ["NaN", "Infinity", "-Infinity", "01", "1.", ".5", "+1", "tru", "'a'", '"\\ud800"',
            '"\\udc00"', '"\t"', "", '"\\x"', "1 2", "[1,]"]  # fmt: skip
