"""The sandbox: a process without network, secrets, or files other than its own."""
