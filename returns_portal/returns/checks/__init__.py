"""What must be right before money may move: each check with what was found and how to mend it.

The set-up page and `manage.py check_setup` share these lists, in the order of a first run.
"""

from returns_portal.returns.checks.findings import Check, Finding, Result, State, run_checks
from returns_portal.returns.checks.local import LOCAL, note_heartbeat
from returns_portal.returns.checks.remote import REMOTE, judge_scopes

__all__ = [
    "LOCAL",
    "REMOTE",
    "Check",
    "Finding",
    "Result",
    "State",
    "judge_scopes",
    "note_heartbeat",
    "run_checks",
]
