"""Addresses of the staff side, and what its answers say."""

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from returns_portal.returns.models import ReturnRequest

QUEUE = "/admin/returns/returnrequest/"


def url(return_request: ReturnRequest, part: str = "change") -> str:
    return reverse(f"admin:returns_returnrequest_{part}", args=[return_request.pk])


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def messages(response: HttpResponse) -> list[str]:
    """The messages on the page that the person ends up on."""
    return [str(message) for message in response.context["messages"]]


def get(client: Client, return_request: ReturnRequest, part: str = "change") -> str:
    return text(client.get(url(return_request, part)))
