"""The rows for the other version: takes them from requests, converts, scores and times them."""
