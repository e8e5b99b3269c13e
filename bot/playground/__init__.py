"""Stand-ins for the outside world. Rule: imported by nothing but the entry point and tests."""
