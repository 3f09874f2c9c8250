"""The shopper's pages: finding an order, choosing what goes back, following the return."""
