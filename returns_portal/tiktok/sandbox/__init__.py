"""A stand-in for TikTok Shop: its Partner API over HTTP, with buyers that a page lets act."""
