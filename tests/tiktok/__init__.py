"""Who holds the money, and TikTok Shop's own API."""
