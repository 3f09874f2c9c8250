"""Configuration, the returns domain and the gateways to Shopify and TikTok."""
