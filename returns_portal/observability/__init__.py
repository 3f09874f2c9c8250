"""What is seen from outside: log lines, metrics and error reports, all without personal data."""
