"""What the shop's staff see: the Django admin."""
