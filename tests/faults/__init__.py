"""What the portal answers when parts of its world fail: `make faults`."""
