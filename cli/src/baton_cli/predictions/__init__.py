"""The prediction log: sends labels to it, finds predictions in it, moves its files."""
