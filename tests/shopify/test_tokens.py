"""Tokens are kept as long as they are good, and asked for once however many ask."""

from threading import Barrier, Thread

import pytest

from returns_portal.shopify.tokens import ClientCredentials, StaticToken, TokenGrant


class Shop:
    """Grants numbered tokens."""

    def __init__(self, expires_in: float = 86399) -> None:
        self.granted = 0
        self.expires_in = expires_in

    def grant(self, form: dict[str, str]) -> TokenGrant:
        assert form["grant_type"] == "client_credentials"
        self.granted += 1
        return TokenGrant(f"token-{self.granted}", self.expires_in)


class TestClientCredentials:
    @pytest.mark.parametrize(
        ("hours", "token"), [(0, "token-1"), (22.9, "token-1"), (23.1, "token-2")]
    )
    def test_renews_an_hour_before_the_end(self, hours: float, token: str) -> None:
        shop, now = Shop(), [0.0]
        tokens = ClientCredentials("id", "secret", clock=lambda: now[0])
        tokens.current(shop.grant)
        now[0] = hours * 3600
        assert tokens.current(shop.grant) == token

    def test_keeps_a_short_lived_token_most_of_its_life(self) -> None:
        shop, now = Shop(expires_in=600), [0.0]
        tokens = ClientCredentials("id", "secret", clock=lambda: now[0])
        tokens.current(shop.grant)
        now[0] = 500
        assert tokens.current(shop.grant) == "token-1"

    def test_renews_a_refused_token(self) -> None:
        shop = Shop()
        tokens = ClientCredentials("id", "secret")
        refused = tokens.current(shop.grant)
        assert tokens.renew(refused, shop.grant) == "token-2"

    def test_renews_once_when_several_were_refused(self) -> None:
        shop = Shop()
        tokens = ClientCredentials("id", "secret")
        refused = tokens.current(shop.grant)
        start = Barrier(4)

        def renew() -> None:
            start.wait()
            tokens.renew(refused, shop.grant)

        threads = [Thread(target=renew) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert shop.granted == 2


class TestStaticToken:
    def test_has_no_other(self) -> None:
        shop = Shop()
        token = StaticToken("only")
        assert token.current(shop.grant) == "only"
        assert token.renew("only", shop.grant) is None
        assert shop.granted == 0
