"""Writing down what reconciliation found, and what it found mended."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from returns_portal.returns.models import Difference, ReturnRequest
from returns_portal.returns.reconciliation import Finding


@transaction.atomic
def note_findings(
    return_request: ReturnRequest, findings: Sequence[Finding], *, now: datetime
) -> None:
    """Opens a difference for each finding, and settles the open ones that are gone."""
    kinds = {finding.kind for finding in findings}
    open_ones = Difference.objects.filter(return_request=return_request, settled_at=None)
    open_ones.exclude(kind__in=kinds).update(settled_at=now)
    for finding in findings:
        Difference.objects.update_or_create(
            return_request=return_request,
            kind=finding.kind,
            settled_at=None,
            defaults={"detail": finding.detail},
            create_defaults={"detail": finding.detail, "found_at": now},
        )
