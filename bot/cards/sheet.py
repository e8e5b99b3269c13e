"""Forms: what opens when somebody wants to change something.

Rule: like a card, a form is data. It comes back by its custom id, and nothing waits for it.
"""

from typing import Any

from discord import ui

from bot.cards.custom_ids import make


class Sheet(ui.Modal):
    """A form of at most five labelled fields. Make a new one for every opening."""

    def __init__(self, title: str, name: str, *parts: object, fields: "list[ui.Item[Any]]") -> None:
        """It comes back as `clapper:name:parts`. A title has 45 characters."""
        super().__init__(title=title[:45], custom_id=make(name, *parts))
        for field in fields:
            self.add_item(field)

    def is_finished(self) -> bool:
        """Always: then discord.py keeps no form that was closed unsent."""
        return True
