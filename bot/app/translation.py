"""Names and descriptions of commands, from the catalogue to Discord.

Rule: Discord shows the English text wherever no other language has it.
"""

from discord import Locale, app_commands

from bot.catalogue import language_of, say, texts_of

_ENGLISH = "en"


def localised(key: str, **facts: object) -> app_commands.locale_str:
    """A text of the catalogue as a command's name or description."""
    return app_commands.locale_str(say(_ENGLISH, key, **facts), key=key, facts=facts)


class Translator(app_commands.Translator):
    """Finds the other languages of what `localised` made."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The text in a language; None where it is the English one."""
        del context
        key, language = string.extras.get("key"), language_of(locale)
        if key is None or language == _ENGLISH or key not in texts_of(language):
            return None
        return say(locale, key, **string.extras["facts"])
