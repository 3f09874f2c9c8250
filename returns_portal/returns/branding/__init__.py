"""How the shop looks to people: its name, logo, colors and words, on pages and in mails."""
