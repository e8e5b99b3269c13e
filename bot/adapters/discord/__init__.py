"""Brings outcomes to people, by the best way that Discord allows at this moment.

Rule: no call of discord.py is ever cancelled or timed out: a cancelled wait in a global rate limit
blocks every later request of the process.
"""

from bot.adapters.discord.postman import DiscordPostman, Line

__all__ = ["DiscordPostman", "Line"]
