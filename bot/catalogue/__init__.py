"""Every sentence that people read, by key and language.

    say(locale, "result.ready", maker=mention)      one text
    say("ru", "card.waiting.ahead", count=3)        in the right plural form

Texts stand in `en/`, one file for each topic, each with a mapping `TEXTS` from key to `Text`. A key
begins with what it is about: `failure.prompt.title`. A text names its facts in braces, and may say
how a fact is shown:

    {price:money}   $0.16             from micro-dollars
    {at:ago}        in 3 minutes      from an aware datetime; Discord keeps it true
    {at:day}        21 November 2026  as the reader's own client writes it
    {at:moment}     21 November 2026 12:00
    {size:bytes}    10 MiB
    {names:list}    a, b, c           from any iterable
    {count}         3                 as it is

A text that depends on a number is a `Plural`. Another language is a folder beside `en` with the same
keys, such as `es` or `ru`; what it lacks is said in English.

Rule: a fact that is missing is an error here and now, never a hole in a sentence. Facts that a text
does not name are ignored. What members typed goes through `bot.cards.untrusted` before it comes here.
"""

from bot.catalogue.speech import language_of, list_languages, say, texts_of
from bot.catalogue.texts import CatalogueError, Plural, Text, placeholders

__all__ = [
    "CatalogueError",
    "Plural",
    "Text",
    "language_of",
    "list_languages",
    "placeholders",
    "say",
    "texts_of",
]
