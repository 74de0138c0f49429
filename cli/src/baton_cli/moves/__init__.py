"""What the verbs that move an alias share."""
