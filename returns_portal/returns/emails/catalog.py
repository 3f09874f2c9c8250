"""The events that a mail tells: when, to whom, in which words, and what may not be left out."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise
SEE_YOUR_RETURN = _("See your return")
COMMON = ("rma", "order", "shop", "link", "requested_on")
MONEY = ("amount", "items", "refund_way_sentence")


@dataclass(frozen=True, slots=True)
class MailEvent:
    """A kind of mail: its body stands in templates/emails/<name>.txt.

    `placeholders` may be used in its texts, `required` must stay in them.
    """

    when: Sentence
    subject: Sentence
    placeholders: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    button: Sentence = SEE_YOUR_RETURN
    to_staff: bool = False

    @property
    def allowed(self) -> tuple[str, ...]:
        return (*COMMON, *self.placeholders)


PAID = (*MONEY, "refunded_on")
EVENTS: dict[str, MailEvent] = {
    "requested": MailEvent(
        _("A shopper asked for a return."),
        _("We have your return request {rma}"),
        (
            *MONEY,
            "answer_sentence",
            "due_on",
            "parcel_sentence",
            "instructions",
            "send_by",
            "confirmation",
        ),
    ),
    "changed": MailEvent(
        _("A shopper changed a request."),
        _("Your return request {rma} is changed"),
        (*MONEY, "answer_sentence", "due_on"),
    ),
    "needs_info": MailEvent(
        _("The shop needs an answer before it can decide."),
        _("The shop has a question: return {rma}"),
        ("message", "due_on", "deadline_sentence"),
        ("message",),
        _("Answer the shop"),
    ),
    "approved": MailEvent(
        _("The shop approved all that was asked for."),
        _("Your return {rma} is approved"),
        (*MONEY, "message", "next_sentence", "instructions", "send_by"),
    ),
    "approved_partly": MailEvent(
        _("The shop approved a part of what was asked for."),
        _("Your return {rma} is approved in part"),
        (*MONEY, "message", "next_sentence", "declined_units", "instructions", "send_by"),
        ("declined_units",),
    ),
    "declined": MailEvent(
        _("The shop declined the request."),
        _("About your return request {rma}"),
        ("decline_reason",),
        ("decline_reason",),
    ),
    "canceled": MailEvent(
        _("The shopper canceled the request."), _("Your return request {rma} is canceled")
    ),
    "canceled_by_shop": MailEvent(
        _("The shop canceled the request."), _("The shop canceled your return request {rma}")
    ),
    "expired": MailEvent(
        _("Nothing happened in time."), _("Your return request {rma} has expired")
    ),
    "sent": MailEvent(
        _("The shopper told the tracking number."),
        _("We know your parcel is on its way: return {rma}"),
        ("tracking", "parcel"),
    ),
    "received": MailEvent(
        _("All units have arrived."),
        _("Your parcel has arrived: return {rma}"),
        (*MONEY, "arrival_sentence"),
    ),
    "received_partly": MailEvent(
        _("Fewer units have arrived than were approved."),
        _("Your parcel has arrived, but not all of it: return {rma}"),
        (*MONEY, "arrival_sentence", "missing_units"),
        ("missing_units",),
    ),
    "refunded": MailEvent(
        _("All that was quoted is paid back."), _("Your refund of {amount}: return {rma}"), PAID
    ),
    "refunded_partly": MailEvent(
        _("Less than was quoted is paid back."),
        _("Your refund of {amount}: return {rma}"),
        PAID,
        ("items",),
    ),
    "refunded_store_credit": MailEvent(
        _("The refund was given as store credit."),
        _("Your store credit of {amount}: return {rma}"),
        PAID,
    ),
    "refunded_elsewhere": MailEvent(
        _("Somebody paid back outside the portal."),
        _("Your refund of {amount}: return {rma}"),
        PAID,
    ),
    "refunded_zero": MailEvent(
        _("The return is complete, with nothing to pay back."),
        _("Your return {rma} is complete"),
        PAID,
    ),
    "refund_delayed": MailEvent(
        _("The payment provider has not confirmed a refund for hours."),
        _("Your refund takes longer than usual: return {rma}"),
        MONEY,
    ),
    "refund_failed": MailEvent(
        _("The payment provider did not pay a refund out."),
        _("Your refund did not get through yet: return {rma}"),
        MONEY,
    ),
    "reminder_to_send": MailEvent(
        _("The last day to send the parcel comes near."),
        _("Send your parcel by {send_by}: return {rma}"),
        ("send_by", "instructions"),
    ),
    "reminder_to_answer": MailEvent(
        _("The shop still waits for the shopper's answer."),
        _("The shop waits for your answer: return {rma}"),
        ("due_on", "deadline_sentence"),
        (),
        _("Answer the shop"),
    ),
    "tiktok_action_needed": MailEvent(
        _("TikTok needs a step that only the shopper can take."),
        _("One more step in the TikTok app: return {rma}"),
        ("send_by", "due_on"),
    ),
    "tiktok_completed": MailEvent(
        _("TikTok has completed the order and takes no return of it."),
        _("TikTok takes no return of this order any more: return {rma}"),
    ),
    "message": MailEvent(
        _("The shop wrote a message."),
        _("The shop wrote to you: return {rma}"),
        ("message",),
        ("message",),
        _("Answer the shop"),
    ),
    "confirm_email": MailEvent(
        _("An address was given that its holder has not confirmed yet."),
        _("Please confirm your e-mail address: return {rma}"),
        button=_("Confirm my address"),
    ),
    "link": MailEvent(
        _("The shop gave a return a new private link."), _("The new link to your return {rma}")
    ),
    "links": MailEvent(
        _("A shopper asked for the links to all returns."),
        _("The links to your returns"),
        ("links",),
        ("links",),
    ),
    "due_soon": MailEvent(
        _("To staff: a return waits for the shop, and its deadline comes near."),
        _("Due soon: return {rma}"),
        ("due_on",),
        ("due_on",),
        _("Open it in the admin"),
        to_staff=True,
    ),
    "overdue": MailEvent(
        _("To staff: the deadline of a return has passed."),
        _("Overdue: return {rma}"),
        ("due_on",),
        ("due_on",),
        _("Open it in the admin"),
        to_staff=True,
    ),
    "note": MailEvent(
        _("To staff: a shopper wrote a message."),
        _("Message about return {rma}"),
        ("message",),
        ("message",),
        _("Answer in the admin"),
        to_staff=True,
    ),
}
