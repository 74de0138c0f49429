"""Moves of an alias: checks, ledger, promotion and rollback."""
