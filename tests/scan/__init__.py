"""Programs that attack web sites, let loose on our own: `make scan`."""
