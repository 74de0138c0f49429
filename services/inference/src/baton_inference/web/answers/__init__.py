"""What goes back to a caller: answers, problems, headers."""
