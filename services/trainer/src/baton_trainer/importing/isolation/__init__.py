"""Opens and converts a model in isolation: its own libraries, a sandbox, a child process."""
