"""Approvals under fire: real processes, a real broker, a shop that fails, workers that die."""
