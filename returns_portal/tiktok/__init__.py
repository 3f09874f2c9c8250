"""The gateway to TikTok Shop's Partner API: no models, and no knowledge of returns here."""
