"""The rules, without I/O. Rule: imports nothing but the standard library and pydantic."""
