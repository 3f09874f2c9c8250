"""Carries out owed operations, each safe to run twice: look, then do."""

from returns_portal.returns.processing.run import carry_out, work_off

__all__ = ["carry_out", "work_off"]
