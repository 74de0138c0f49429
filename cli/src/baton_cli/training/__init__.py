"""What the verbs that train share."""
