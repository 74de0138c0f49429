"""What the front adds to the ASGI scope of a request."""

REQUEST_ID = "baton.request_id"
"""The key of the request's id."""
API_KEY = "baton.api_key"
"""The key of the name of the request's API key; None without authentication."""
