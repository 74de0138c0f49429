"""NetworkPolicies: an engine that enforces them, and probes of what pods reach."""
