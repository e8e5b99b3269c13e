"""Clapper: AI videos for a Discord community, with exact control of what they cost."""
