"""Carriers that shoppers name, and where each of them tells what became of a parcel."""

import re
from dataclasses import dataclass
from urllib.parse import quote

OTHER = "other"
# Letters, digits and dashes, at least one digit: every carrier's numbers, and no sentence or link.
NUMBER = re.compile(r"(?=[A-Z-]*\d)[A-Z0-9-]{6,40}")


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier; `page` is where it shows a parcel, with {} for the number, or empty."""

    code: str
    name: str
    page: str


KNOWN = (
    Carrier("usps", "USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels={}"),
    Carrier("ups", "UPS", "https://www.ups.com/track?tracknum={}"),
    Carrier("fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr={}"),
    Carrier("dhl", "DHL", "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}"),
    Carrier("dpd", "DPD", "https://tracking.dpd.de/status/en_US/parcel/{}"),
    Carrier("gls", "GLS", "https://gls-group.eu/EU/en/parcel-tracking?match={}"),
    Carrier(
        "royal-mail", "Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/{}"
    ),
    Carrier("evri", "Evri", "https://www.evri.com/track/parcel/{}"),
    Carrier("la-poste", "La Poste", "https://www.laposte.fr/outils/suivre-vos-envois?code={}"),
    Carrier("inpost", "InPost", "https://inpost.pl/en/find-parcel?number={}"),
    Carrier("post-at", "Österreichische Post", "https://www.post.at/sv/sendungsdetails?snr={}"),
    Carrier("canada-post", "Canada Post", ""),
    Carrier("postnl", "PostNL", ""),
    Carrier("hermes", "Hermes", ""),
    Carrier("correos", "Correos", ""),
    Carrier("poste-italiane", "Poste Italiane", ""),
)
BY_CODE = {carrier.code: carrier for carrier in KNOWN}


def normalize_tracking_number(typed: str) -> str:
    """The number without spaces, in upper case; empty when it cannot be one."""
    compact = "".join(typed.split()).upper()
    return compact if NUMBER.fullmatch(compact) else ""


def tracking_url(code: str, number: str) -> str:
    """The carrier's page for the parcel; empty where the portal knows none."""
    carrier = BY_CODE.get(code)
    return carrier.page.format(quote(number, safe="")) if carrier and carrier.page else ""


def carrier_name(code: str) -> str:
    """The carrier's own name; empty for another carrier."""
    carrier = BY_CODE.get(code)
    return carrier.name if carrier else ""
