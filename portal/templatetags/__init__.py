"""How templates write money and dates."""
