"""A stand-in Shopify that speaks the Admin GraphQL API over HTTP, for the demo and the tests."""
