"""The doors: slash commands, buttons, menus. Rule: a callback calls one service and renders."""
