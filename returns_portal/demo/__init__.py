"""The demo: the whole product on one machine, with a stand-in for Shopify and a mailbox."""
