"""The order of things: price, hold, submit, wait, settle, store, deliver.

Rule: whatever has an order stands here and nowhere else; whatever touches the world is a port.
"""
