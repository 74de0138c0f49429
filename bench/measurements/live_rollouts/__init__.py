"""Rollouts under constant load, from start to promotion, abort or rollback."""
