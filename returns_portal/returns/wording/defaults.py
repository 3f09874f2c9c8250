"""The texts of the defaults that shoppers read, named here so that they are translated."""

from django.utils.translation import gettext_noop as _

WORDS = (
    _("It is too small"),
    _("It is too big"),
    _("I ordered several sizes or the wrong one"),
    _("It doesn't suit me"),
    _("I don't like the color"),
    _("I changed my mind"),
    _("It is not as described"),
    _("I got the wrong item"),
    _("It arrived damaged"),
    _("It doesn't work"),
    _("Parts or accessories are missing or broken"),
    _("It is expired or spoiled"),
    _("I think it is not genuine"),
    _("It arrived too late"),
    _("Something else"),
    _("The item is unused and undamaged, unless it arrived that way."),
    _("Tags, accessories and the original packaging are with it."),
    _("Open the TikTok app: Profile, then Orders, and choose this order."),
    _("Tap Return/refund, pick the same items, and get your prepaid label or QR code there."),
    _("Pack the items with their tags and accessories, and put the packing slip in the parcel."),
    _("Drop the parcel off with TikTok's label or QR code and keep the receipt."),
    _("The item is unused, apart from trying it as you would in a shop."),
    _("Tap Return/refund, pick the same items, and follow the steps to your label."),
    _("Pack the items well and put the packing slip in the parcel."),
    _("Hand the parcel in with the label from the app and keep the proof of postage."),
    _("The item can be sold again: unused, with labels and the original packaging."),
    _("Pack the items with their labels and put the packing slip in the parcel."),
    _("Hand the parcel over as the app says."),
    _("The item is complete and in the state in which it arrived."),
    _("Tap Return/refund, pick the same items, and wait for the shop's address."),
    _("Send the parcel and enter its tracking number in the app within 5 days."),
    _("Send the parcel as the app says and keep the receipt."),
    _(
        "The item is unused, sealed and in its original packaging, "
        "unless it arrived damaged or wrong."
    ),
)
