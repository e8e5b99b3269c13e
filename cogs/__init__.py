"""The doors: slash commands, buttons, menus; a folder is one whose parts have files of their own.

Rule: a callback calls one service and renders. What several doors share begins with `_`, and is
never loaded as one.
"""
