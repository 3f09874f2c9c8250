"""What comes in from Shopify and TikTok: taken once, answered by reading again how things are."""
