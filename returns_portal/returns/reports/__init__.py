"""What the owner of a shop wants to know: how much comes back, why, at what cost, how quickly."""
