"""How things look: cards made of Discord's components, from our facts and the catalogue's words.

    reader = Reader(locale=str(interaction.locale), rehearsal=services.rehearsal)

    waiting_card(reader, job, model, rest=…, ready_at=…, ahead=…, pictures=("picture-1.png",))
    result_card, failure_card, word_card, gone_card     what the postman posts
    details_card(reader, job, model, charged=…)
    report_card, report_drawing, report_alt, part_card          `/budget report`
    notice_card(title, *paragraphs, tone=Tone.CAREFUL, footer=…, buttons=[…])
    list_card(reader, title, lines, intro=…, empty=…, buttons=[…])
    Card(container(text(…), rule(), row(button(…)), tone=…))     anything else

    button("again", job.number, label=reader.say("card.button.again"), style=…, emoji=…)
    link("https://…", label=…)
    pictured(prompt, names)               a prompt with its images, for the cards that show one
    show_price(reader, price)             `$0.16`, or `about $0.35` where it is assumed

    Sheet(title, "edit", job.number, fields=[ui.Label(text=…, component=ui.TextInput(custom_id="prompt"))])
                                                    a form; it comes back to `bot.on_form("edit", …)`

Every card is a `discord.ui.LayoutView`: send it as `view=`, with no content and no embeds. It is
never tracked by discord.py, may be sent from anywhere, and needs no registration: a press comes in
through its custom id alone (`bot.app.Clapper.on_press`). For an edit make a new one.

`images_on(message)` finds the source images that a waiting message or a result still holds (with
fresh addresses, once the message is fetched anew); name those you attach with `picture_name(1, type)`.

`untrusted` makes members' words safe: `quote` (a block quote), `escaped` (among Markdown), `code`
(a code span), `clean` (for labels, file names and forms, where no Markdown is read).

Rule: nothing here reads or sends anything.
"""

from bot.cards.alert import alert_card, alert_lines, alert_mark
from bot.cards.ask import answer_card, answer_mark, ask_card, ask_mark
from bot.cards.card import (
    MOST_COMPONENTS,
    MOST_TEXT,
    Card,
    Reader,
    Tone,
    button,
    container,
    link,
    rehearsal_line,
    row,
    rows,
    rule,
    small,
    text,
)
from bot.cards.custom_ids import Act, Press, make, parse
from bot.cards.details import details_card
from bot.cards.failure import failure_card
from bot.cards.media import images_on, kind_of, lives_until, picture_name
from bot.cards.notice import list_card, notice_card
from bot.cards.pictured import pictured
from bot.cards.price import price_line, show_cost, show_price
from bot.cards.report import PICTURE, part_card, report_alt, report_card
from bot.cards.report_drawing import month_title, report_drawing
from bot.cards.request import asked_line, option_lines, read_asked
from bot.cards.result import (
    gone_card,
    gone_mark,
    job_marked_on,
    mark,
    mention,
    result_card,
    word_card,
    word_mark,
)
from bot.cards.sheet import Sheet
from bot.cards.untrusted import clean, code, escaped, quote
from bot.cards.waiting import waiting_card

__all__ = [
    "MOST_COMPONENTS",
    "MOST_TEXT",
    "PICTURE",
    "Act",
    "Card",
    "Press",
    "Reader",
    "Sheet",
    "Tone",
    "alert_card",
    "alert_lines",
    "alert_mark",
    "answer_card",
    "answer_mark",
    "ask_card",
    "ask_mark",
    "asked_line",
    "button",
    "clean",
    "code",
    "container",
    "details_card",
    "escaped",
    "failure_card",
    "gone_card",
    "gone_mark",
    "images_on",
    "job_marked_on",
    "kind_of",
    "link",
    "list_card",
    "lives_until",
    "make",
    "mark",
    "mention",
    "month_title",
    "notice_card",
    "option_lines",
    "parse",
    "part_card",
    "picture_name",
    "pictured",
    "price_line",
    "quote",
    "read_asked",
    "rehearsal_line",
    "report_alt",
    "report_card",
    "report_drawing",
    "result_card",
    "row",
    "rows",
    "rule",
    "show_cost",
    "show_price",
    "small",
    "text",
    "waiting_card",
    "word_card",
    "word_mark",
]
