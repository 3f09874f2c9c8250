"""The shopper's side, as a specification."""
