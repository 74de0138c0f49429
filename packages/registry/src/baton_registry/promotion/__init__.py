"""Alias moves: checks, ledger, promotion and rollback."""
