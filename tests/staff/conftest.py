"""People with and without permissions, and a Shopify that nobody reaches by accident."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import Settings

from tests.returns.factories import UserFactory

SignIn = Callable[..., Client]


def grant(user: User, *codenames: str) -> User:
    """Gives `user` permissions of the returns app and of the accounts, by codename."""
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    return user


@pytest.fixture(autouse=True)
def unreachable_shopify(settings: Settings) -> None:
    """Port 9 (discard) refuses at once; tests that need Shopify ask for the sandbox."""
    settings.SHOPIFY_BASE_URL = "http://127.0.0.1:9"


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """A browser signed in as a new member of staff who holds just the named permissions."""

    def sign_in(*codenames: str) -> Client:
        client = Client()
        client.force_login(grant(UserFactory(staff=True), *codenames))
        return client

    return sign_in


@pytest.fixture
def reviewer(sign_in: SignIn) -> Client:
    return sign_in(
        "view_returnrequest", "decide_returnrequest", "retry_operation", "view_personal_data"
    )


@pytest.fixture
def viewer(sign_in: SignIn) -> Client:
    return sign_in("view_returnrequest")
