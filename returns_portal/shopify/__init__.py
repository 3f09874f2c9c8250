"""Gateway to Shopify's Admin GraphQL API: no models, and no knowledge of return requests."""
