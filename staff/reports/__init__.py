"""The reports on the staff side: pages for the owner, their charts and their files."""
