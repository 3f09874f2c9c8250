"""Where an order was sold: who settles for that channel, and how TikTok Shop is understood."""
