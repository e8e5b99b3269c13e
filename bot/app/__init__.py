"""The Discord side of a running bot: the client, its doors, and what doors may call.

For cogs (`async def setup(bot: Clapper) -> None` in each file and folder of `cogs/` that has no
leading `_`):

    bot.services                          prices, jobs, money, policies, the studio
    bot.tree.add_command(…)               context menus; groups and commands come with `add_cog`
    localised("commands.ltx.text")        a locale_str from the catalogue
    bot.on_press("again", self.again)     async def again(self, interaction, press: Press)
    bot.on_form("edit", self.edited)      async def edited(self, interaction, press: Press, form: Form)
    bot.door.explain(SomeError, answer)   a Card for an error: answer(reader, error) -> Card
    await bot.door.meet(interaction, e)   where an error would otherwise be lost (a ui.Modal's on_error)
    bot.reader(interaction)               who reads: the member's language
    bot.reader(interaction, public=True)  all of the server: its language

A press or a form reaches its handler by its custom id alone, `clapper:NAME:…`, also after a restart.
Raise; do not answer errors yourself: the door says them to the member alone, whatever was answered
before. `Face` keeps a client logged in for as long as the bot runs.

Rule: a door calls one service method and renders the answer; it decides nothing.
"""

from bot.app.client import Clapper
from bot.app.doors import CUT_OFF, Door
from bot.app.face import Face
from bot.app.forms import Form
from bot.app.services import Services
from bot.app.translation import localised

__all__ = ["CUT_OFF", "Clapper", "Door", "Face", "Form", "Services", "localised"]
