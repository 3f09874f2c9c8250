"""What Mozilla's HTTP Observatory thinks of the headers: `make observatory`."""
