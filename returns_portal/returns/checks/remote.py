"""Checks that ask Shopify and the mail server, and take seconds."""

from collections.abc import Callable
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from returns_portal.returns.checks.findings import Check, Finding, fail, ok, warn
from returns_portal.returns.intake.deliveries import webhook_uri
from returns_portal.shopify.client import ShopifyClient, build_client
from returns_portal.shopify.errors import ShopifyError, ShopifyMisconfigured, ShopifyUnavailable
from returns_portal.shopify.shop import get_shop, list_locations, missing_scopes
from returns_portal.shopify.subscriptions import TOPICS, list_subscriptions
from returns_portal.shopify.types import Shop

PATIENCE = 8.0  # seconds that one question to Shopify may take here


def ask_shopify(answer: Callable[[ShopifyClient], Finding]) -> Callable[[datetime], Finding]:
    """A check that asks Shopify; where it does not answer, that is the finding."""

    def look(now: datetime) -> Finding:
        try:
            return answer(build_client(max_wait=PATIENCE))
        except ShopifyMisconfigured as error:
            cure = _("Check SHOPIFY_SHOP and the app's token or id and secret, and its scopes.")
            return fail(str(error), cure)
        except ShopifyError as error:
            cure = _("Try again in a minute; see Shopify's status page if it lasts.")
            return fail(str(error), cure, silent=isinstance(error, ShopifyUnavailable))

    return look


def check_shop(client: ShopifyClient) -> Finding:
    shop = get_shop(client)
    if client.served_version and client.served_version != settings.SHOPIFY_API_VERSION:
        return warn(
            _("Shopify serves version %(served)s of its API, not %(asked)s.")
            % {"served": client.served_version, "asked": settings.SHOPIFY_API_VERSION},
            _("Upgrade the portal: it was made for another version of Shopify's API."),
        )
    return ok(
        _("%(shop)s answers, with version %(version)s of its API.")
        % {"shop": shop.name, "version": settings.SHOPIFY_API_VERSION}
    )


def check_scopes(client: ShopifyClient) -> Finding:
    return judge_scopes(get_shop(client))


def judge_scopes(shop: Shop) -> Finding:
    """Whether the app may do all that it needs to."""
    missing = missing_scopes(shop)
    if missing:
        return fail(
            _("The app lacks these scopes: %(scopes)s.") % {"scopes": ", ".join(missing)},
            _("Grant them in the app's configuration in Shopify, and install the app again."),
        )
    return ok(_("The app has all the scopes that it needs."))


def check_subscriptions(client: ShopifyClient) -> Finding:
    here = {item.topic for item in list_subscriptions(client) if item.uri == webhook_uri()}
    missing = sorted(set(TOPICS) - here)
    if missing:
        return fail(
            _("Shopify does not send these webhooks here: %(topics)s.")
            % {"topics": ", ".join(missing)},
            _("The worker subscribes within an hour. If not, check that SITE_URL is reachable."),
        )
    return ok(_("All %(count)d webhooks are subscribed to.") % {"count": len(TOPICS)})


def check_locations(client: ShopifyClient) -> Finding:
    places = {place.id: place.name for place in list_locations(client) if place.is_active}
    wanted = settings.SHOPIFY_LOCATION_ID
    if not places:
        return fail(
            _("The shop has no active location that could take goods back."),
            _("Activate a location in Shopify under Settings, Locations."),
        )
    if wanted and wanted not in places:
        return fail(
            _("The location for returned goods, %(id)s, is not active.") % {"id": wanted},
            _("Set SHOPIFY_LOCATION_ID to one of: %(places)s.")
            % {"places": ", ".join(f"{key} ({name})" for key, name in places.items())},
        )
    return ok(", ".join(sorted(places.values())))


def check_mail_server(now: datetime) -> Finding:
    try:
        connection = get_connection(fail_silently=False)
        connection.open()
        connection.close()
    except (SMTPException, OSError) as error:
        return fail(
            _("The mail server does not answer: %(error)s.") % {"error": type(error).__name__},
            _("Check EMAIL_URL: its host, port, user and password."),
        )
    return ok(_("The mail server answers."))


REMOTE: tuple[Check, ...] = (
    Check("shop", _lazy("Shopify answers"), ask_shopify(check_shop)),
    Check("scopes", _lazy("What the app may do"), ask_shopify(check_scopes), after="shop"),
    Check(
        "subscriptions",
        _lazy("Webhook subscriptions"),
        ask_shopify(check_subscriptions),
        after="shop",
    ),
    Check("locations", _lazy("Locations"), ask_shopify(check_locations), after="shop"),
    Check("mail_server", _lazy("Mail server"), check_mail_server),
)
