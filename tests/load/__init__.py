"""Big data on PostgreSQL, and how quick the staff's pages are over it."""
