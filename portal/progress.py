"""Where a return stands, told to the shopper: now, next, who acts, by when, and the money."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.breakdown import Row, ways_of
from portal.tiktok_story import tell_of_tiktok
from returns_portal.returns.carriers import carrier_name
from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.models import (
    ReturnEvent,
    ReturnLineItem,
    ReturnRequest,
    ReverseDelivery,
)
from returns_portal.returns.payouts import parts_of
from returns_portal.returns.services import may_be_on_its_way, may_end, may_tell_tracking
from returns_portal.returns.statements import (
    MoneyLine,
    current_amount,
    money_lines,
    read_terms,
    shipping_row,
    shows_instructions,
    steps_of,
)
from returns_portal.returns.workflow import (
    FINAL,
    RELEASES_UNITS,
    UNDECIDED,
    Status,
)
from returns_portal.shopify.types import Money

EVENTS = {
    "requested": gettext_lazy("You asked for the return."),
    "approved": gettext_lazy("The shop approved your return."),
    "declined": gettext_lazy("The shop declined your return."),
    "canceled": gettext_lazy("You canceled the request."),
    "changed": gettext_lazy("You changed the request."),
    "sent": gettext_lazy("You sent the parcel."),
    "sending_changed": gettext_lazy("You changed the tracking number."),
    "received": gettext_lazy("The shop received your parcel."),
    "contact_changed": gettext_lazy("You gave another e-mail address."),
    "contact_unreachable": gettext_lazy("Our mail to you could not be delivered."),
    "contact_confirmed": gettext_lazy("You confirmed your e-mail address."),
    "photos_added": gettext_lazy("You added photos."),
    "refunded": gettext_lazy("Your refund was paid."),
    "bonus_granted": gettext_lazy("The bonus was added to your store credit."),
    "closed": gettext_lazy("Your return is complete."),
    "asked": gettext_lazy("The shop asked you for information."),
    "answered": gettext_lazy("You answered the shop."),
    "expired": gettext_lazy("The request expired."),
}

ENDED = {
    Status.DECLINED: gettext_lazy("Declined"),
    Status.CANCELED: gettext_lazy("Canceled"),
    Status.EXPIRED: gettext_lazy("Expired"),
}


STATUS_WORDS = {
    Status.REQUESTED: gettext_lazy("Requested"),
    Status.NEEDS_INFO: gettext_lazy("The shop has a question"),
    Status.APPROVED: gettext_lazy("Approved"),
    Status.RECEIVED: gettext_lazy("Received"),
    Status.CLOSED: gettext_lazy("Complete"),
    **ENDED,
}


@dataclass(frozen=True, slots=True)
class Step:
    """A station of the way; `state` is done, current, todo or stopped."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Story:
    """What is, what comes next, who acts and by when."""

    now: str
    next: str
    who: str
    by: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class RefundTruth:
    """What can truly be said of the money; `state` is for the look, `sentence` for people."""

    state: str
    sentence: str
    amount: Money
    quoted: Money
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the timeline."""

    at: datetime
    sentence: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside the request: its messages, those of the shop's that nobody has read."""

    messages: int
    unread: int
    money_is_moving: bool


@dataclass(frozen=True, slots=True)
class StatusPage:
    """All that the page of a return shows."""

    return_request: ReturnRequest
    terms: PolicyTerms
    steps: list[Step]
    story: Story
    refund: RefundTruth
    lines: list[MoneyLine]
    shipping: Money
    ways: list[Row]
    instructions: list[str]
    happenings: list[Happening]
    with_photos: list[ReturnLineItem]
    can_add_photos: bool
    can_cancel: bool
    delivery: ReverseDelivery | None
    carrier: str
    may_tell_tracking: bool
    messages: int
    unread: int
    final: bool
    version: str


def build_status_page(
    return_request: ReturnRequest, beside: Beside, *, now: datetime
) -> StatusPage:
    """The page of `return_request`, whose lines and events were fetched before."""
    terms = read_terms(return_request)
    refund = tell_refund(return_request, money_is_moving=beside.money_is_moving)
    happenings = _happenings(return_request)
    story = tell_story(return_request, terms, refund, now=now)
    # From the parcel's arrival on there is nothing left to do with it.
    may_be_sent = may_be_on_its_way(return_request)
    delivery = getattr(return_request, "reverse_delivery", None)
    return StatusPage(
        return_request=return_request,
        terms=terms,
        steps=build_steps(return_request, terms),
        story=story,
        refund=refund,
        lines=money_lines(return_request),
        shipping=shipping_row(return_request),
        ways=ways_of(parts_of(return_request)),
        instructions=steps_of(return_request, terms) if may_be_sent else [],
        happenings=happenings,
        with_photos=[line for line in return_request.lines.all() if line.photos.all()],
        can_add_photos=Status(return_request.status) in UNDECIDED,
        can_cancel=may_end(return_request),
        delivery=delivery,
        carrier=carrier_name(delivery.carrier) if delivery else "",
        may_tell_tracking=may_tell_tracking(return_request),
        messages=beside.messages,
        unread=beside.unread,
        final=is_settled(return_request),
        version=_version(return_request, story, refund, len(happenings) + beside.messages),
    )


def is_settled(return_request: ReturnRequest) -> bool:
    """Whether nothing more is going to happen."""
    return Status(return_request.status) in FINAL


def build_steps(return_request: ReturnRequest, terms: PolicyTerms) -> list[Step]:
    """Requested, Approved, Sent, Received where the refund waits for it, Refunded; or its end.

    A parcel that was sent before the approval stands before it.
    """
    status = Status(return_request.status)
    if status in RELEASES_UNITS:
        return [Step(_("Requested"), "done"), Step(str(ENDED[status]), "stopped")]
    approved = (_("Approved"), status not in UNDECIDED)
    sent = (_("Sent"), hasattr(return_request, "reverse_delivery"))
    reached = [(_("Requested"), True), approved]
    if sent[1]:
        reached = [reached[0], *sorted((approved, sent), key=lambda step: not step[1])]
    if terms.refund_on == "receipt" or status is Status.RECEIVED:
        received = status is Status.RECEIVED or return_request.refunded_at is not None
        reached.append((_("Received"), received or status is Status.CLOSED))
    nothing_to_pay = return_request.approved_amount == 0
    paid = return_request.refunded_at is not None
    reached.append((_("Complete") if nothing_to_pay else _("Refunded"), paid))
    return _with_current(reached)


def _with_current(reached: list[tuple[str, bool]]) -> list[Step]:
    """The last station reached is the current one, until all are done."""
    count = sum(done for _label, done in reached)
    steps = []
    for position, (label, done) in enumerate(reached, start=1):
        current = position == count and count < len(reached)
        steps.append(Step(label, "current" if current else "done" if done else "todo"))
    return steps


def tell_refund(return_request: ReturnRequest, *, money_is_moving: bool) -> RefundTruth:
    """What is true of the refund: quoted, approved, on its way, or paid; never more."""
    state, sentence = _refund_words(return_request, money_is_moving)
    return RefundTruth(
        state=state,
        sentence=sentence,
        amount=current_amount(return_request),
        quoted=Money(return_request.quoted_amount, return_request.currency),
        paid_at=return_request.refunded_at,
    )


def _refund_words(return_request: ReturnRequest, money_is_moving: bool) -> tuple[str, str]:
    if Status(return_request.status) in RELEASES_UNITS:
        return "none", _("Nothing is paid back: you keep the items.")
    if return_request.approved_amount == 0:
        return "zero", _("There is nothing to pay back for these items.")
    if return_request.refunded_at:
        return "paid", _("Paid back.")
    if money_is_moving:
        return "moving", _("On its way: the payment has started and is not confirmed yet.")
    if return_request.approved_amount is not None:
        return "approved", _("Approved. Not paid yet.")
    return "quoted", _("Worked out when you asked. Paid only if the shop approves.")


def tell_story(
    return_request: ReturnRequest, terms: PolicyTerms, refund: RefundTruth, *, now: datetime
) -> Story:
    """Now, next, who and by when, in words a hurried person understands."""
    if told := tell_of_tiktok(return_request):
        return Story(told.now, told.next, told.who)
    status = Status(return_request.status)
    if status is Status.DECLINED:
        return Story(
            _("The shop declined your return."),
            _("You keep the items. While the return window is open, you can ask again."),
            "",
        )
    if status is Status.CANCELED:
        return Story(
            _("This request is canceled."),
            _("You keep the items. While the return window is open, you can ask again."),
            "",
        )
    if status is Status.EXPIRED:
        return Story(
            _("This request has expired: nothing happened in time."),
            _("You keep the items. While the return window is open, you can ask again."),
            "",
        )
    if return_request.refunded_at:
        return _story_of_paid(return_request, refund)
    if status is Status.NEEDS_INFO:
        return Story(
            _("The shop has a question."),
            _("Answer it, and the shop goes on."),
            _("You"),
            return_request.due_at,
        )
    if status is Status.REQUESTED:
        return _story_of_requested(return_request, now)
    return _story_of_approved(return_request, terms, status)


def _story_of_requested(return_request: ReturnRequest, now: datetime) -> Story:
    due = return_request.due_at
    if due is not None and now > due:
        return Story(
            _("We have your request."),
            _("The shop's answer is late. Your request is still open, and they can see it."),
            _("The shop"),
            due,
            late=True,
        )
    waits = not shows_instructions(return_request) or hasattr(return_request, "reverse_delivery")
    coming = (
        _("The shop looks at it and answers.")
        if waits
        else _("The shop looks at it and answers. You can send the parcel already.")
    )
    return Story(_("We have your request."), coming, _("The shop"), due)


def _story_of_approved(return_request: ReturnRequest, terms: PolicyTerms, status: Status) -> Story:
    waits_for_parcel = terms.refund_on == "receipt" and status is Status.APPROVED
    if waits_for_parcel and hasattr(return_request, "reverse_delivery"):
        return Story(
            _("Your parcel is on its way."),
            _("Your refund follows once it has arrived."),
            _("The shop"),
            return_request.due_at,
        )
    if waits_for_parcel:
        return Story(
            _("Your return is approved."),
            _("Send the parcel. Your refund follows once it has arrived."),
            _("You"),
            return_request.send_by,
        )
    now = (
        _("The shop has your parcel.")
        if status is Status.RECEIVED
        else _("Your return is approved.")
    )
    return Story(
        now, _("Your refund is paid next. You don't need to wait on this page."), _("The shop")
    )


def _story_of_paid(return_request: ReturnRequest, refund: RefundTruth) -> Story:
    if not refund.amount:
        return Story(_("Your return is complete."), _("There is nothing left to do."), "")
    if parts_of(return_request).credit == refund.amount:
        return Story(
            _("Your store credit is there."),
            _("You can spend it on your next order in the shop."),
            "",
        )
    return Story(
        _("Your refund is paid."),
        _("It can take 3 to 10 business days until you see it in your account."),
        "",
    )


def _happenings(return_request: ReturnRequest) -> list[Happening]:
    return [
        Happening(event.occurred_at, _event_sentence(event))
        for event in return_request.events.all()
        if event.shopper_sees
    ]


def _event_sentence(event: ReturnEvent) -> str:
    if event.kind == "canceled" and event.actor_kind != ReturnEvent.ActorKind.SHOPPER:
        return _("The request was canceled.")
    return str(EVENTS.get(event.kind, _("Something changed.")))


def _version(
    return_request: ReturnRequest, story: Story, refund: RefundTruth, happenings: int
) -> str:
    """Changes when, and only when, the page has something new to show."""
    money = f"{refund.state}|{refund.amount}"
    seen = f"{return_request.status}|{money}|{happenings}|{story.late}|{story.now}"
    return hashlib.sha256(seen.encode()).hexdigest()[:12]
