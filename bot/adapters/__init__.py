"""The only code that knows SQL, HTTP, files or how Discord takes a message."""
