"""The formula of every number, written once: pages, mails and files show these words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FORMULAS: dict[str, tuple[Promise, Promise]] = {
    "sold": (
        _("Units sold"),
        _(
            "Units of goods that are sent, in orders placed on these days that were neither "
            "canceled nor tests. Units taken out of an order later still count as sold."
        ),
    ),
    "returned": (
        _("Units back"),
        _(
            "Of the units sold on these days, those that shoppers sent or will send back, whenever "
            "they asked: what arrived; before that what was approved; before that what was asked "
            "for. Requests that were declined, canceled or expired do not count, and neither do "
            "returns that were made only in Shopify."
        ),
    ),
    "rate": (
        _("Return rate"),
        _(
            "Units back ÷ units sold, both of orders placed on these days. Orders of the last "
            "weeks can still come back, so their rate still grows."
        ),
    ),
    "change": (
        _("Change"),
        _(
            "The rate of these days minus the rate of the days compared with, in percentage "
            "points. Earlier orders had more time to come back."
        ),
    ),
    "reason_units": (
        _("Units by reason"),
        _(
            "Units of requests made on these days that were not declined, canceled or expired, "
            "by the reason the shopper gave."
        ),
    ),
    "reason_share": (_("Share"), _("Units with this reason ÷ units with any reason.")),
    "refunded": (
        _("Refunded"),
        _("Money paid back for requests whose refund was confirmed on these days."),
    ),
    "average": (_("Average refund"), _("Refunded ÷ number of refunds.")),
    "fees": (
        _("Fees withheld"),
        _("Restocking and return shipping fees of the requests refunded on these days."),
    ),
    "asked": (
        _("Asked back"),
        _(
            "What the items had cost, with tax, of requests that ended on these days: closed, "
            "declined, canceled or expired."
        ),
    ),
    "kept": (
        _("Kept revenue"),
        _("Asked back minus what was paid back for these same requests."),
    ),
    "not_taken_back": (
        _("of it not taken back"),
        _("Asked back by requests that ended declined, canceled or expired."),
    ),
    "worth": (
        _("Worth of goods"),
        _("What the units paid back on these days had cost, with tax and before fees."),
    ),
    "restocked": (
        _("Back in stock"),
        _(
            "Units that went back into stock ÷ units that were counted in parcels, of requests "
            "made on these days."
        ),
    ),
    "decision": (
        _("Wait for a decision"),
        _(
            "Minutes on the clock, nights and weekends included, from the request to its first "
            "approval or refusal, of requests decided on these days."
        ),
    ),
    "refund_wait": (
        _("Wait for the money"),
        _(
            "Minutes on the clock from the request to the confirmed refund, of requests refunded "
            "on these days."
        ),
    ),
    "p50": (
        _("Half waited at most"),
        _("The shortest wait that at least 50 of 100 did not exceed (p50), exact to the minute."),
    ),
    "p90": (
        _("9 of 10 waited at most"),
        _("The shortest wait that at least 90 of 100 did not exceed (p90), exact to the minute."),
    ),
    "person": (
        _("Person"),
        _("Who made the first decision, whoever else worked on the request."),
    ),
    "requests": (
        _("Requests"),
        _("Requests made on these days, without those canceled or expired."),
    ),
    "shopper": (
        _("Shopper"),
        _(
            "A sign made from the e-mail address by a keyed digest: the same address has the same "
            "sign, and nobody can read the address from it. Somebody with two addresses is two."
        ),
    ),
    "bought": (
        _("Units bought"),
        _("Units the same shopper bought on these days, where the order holds their address."),
    ),
    "claims": (
        _("Blaming the shop or carrier"),
        _("Units back whose reason lies with the shop or the carrier."),
    ),
    "pair_rate": (
        _("Of 100 orders"),
        _(
            "Order lines with this product, placed on these days, that came back for this reason "
            "÷ all order lines with it. Lines are counted, not units, so that one shopper with "
            "many units weighs no more than any other."
        ),
    ),
    "usual": (
        _("Usual elsewhere"),
        _("The same share in the rest of the catalog, all other products together."),
    ),
    "excess": (
        _("More than usual"),
        _("Lines that came back for this reason, minus lines times the usual share."),
    ),
    "chance": (
        _("By luck alone"),
        _(
            "The chance that so many lines or more come back for this reason if the product were "
            "like the rest (Fisher's exact test, one-sided)."
        ),
    ),
}


def name_of(key: str) -> str:
    return str(FORMULAS[key][0])


def formula_of(key: str) -> str:
    return str(FORMULAS[key][1])
