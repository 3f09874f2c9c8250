"""How fast the portal is, beside a bare Django view in the same run: `make bench`."""
