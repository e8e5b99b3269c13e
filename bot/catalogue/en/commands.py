"""Names and descriptions of commands, as Discord shows them while somebody types.

Rule: a description has at most 100 characters in every language, its facts put in. Names of options
are not here: they are the models' own words.
"""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Text

TEXTS: Final[Mapping[str, Text]] = {
    "commands.ltx.name": "ltx",
    "commands.ltx": "LTX-2 19B: quick, inexpensive, up to 20 seconds, takes LoRAs",
    "commands.ltx.text": "A video from words",
    "commands.ltx.image": "A video that starts with your image",
    "commands.ltx.text-lora": "A video from words, in the style of up to three LoRAs",
    "commands.ltx.image-lora": "A video that starts with your image, in the style of up to three LoRAs",
    "commands.kling.name": "kling",
    "commands.kling": "Kling 2.5 Turbo Pro: fluid motion, 5 or 10 seconds",
    "commands.kling.text": "A video from words",
    "commands.kling.image": "A video that starts with your image, and may end with another",
    "commands.wan.name": "wan",
    "commands.wan": "Wan 2.5: detailed pictures, 5 or 10 seconds",
    "commands.wan.text": "A video from words",
    "commands.wan.image": "A video that starts with your image",
    "commands.text.name": "text",
    "commands.image.name": "image",
    "commands.text-lora.name": "text-lora",
    "commands.image-lora.name": "image-lora",
    "commands.option.prompt": "What should be seen: subject, motion, light. Up to {longest} characters",
    "commands.option.image": "The first frame: a JPEG, PNG or WebP of at most 10 MiB",
    "commands.option.start_image": "The first frame: a JPEG, PNG or WebP of at most 10 MiB",
    "commands.option.end_image": "The last frame, if the video should end with a certain picture",
    "commands.option.resolution": "How fine the picture is. Finer costs more",
    "commands.option.duration": "Seconds of video. Longer costs more",
    "commands.option.aspect_ratio": "The shape of the picture: wide, upright or square. Wide unless you choose",
    "commands.option.seed": "Repeats a video: the same number with the same options. Leave it for chance",
    "commands.option.negative_prompt": "What should not be seen. Up to {longest} characters",
    "commands.option.cfg_scale": "How closely to follow the prompt: 0 is free, 1 is strict, in steps of 0.1",
    "commands.option.expand_prompt": "May the provider enrich your prompt? It does unless you say no",
    "commands.option.lora": "A style: a name from this server's list, or a link to a LoRA file",
    "commands.option.lora_scale": "How strongly the style shapes the video. Neutral is 1, 0.5 to 2 works best",
    "commands.option.lora2": "A second style",
    "commands.option.lora2_scale": "How strongly the second style shapes the video",
    "commands.option.lora3": "A third style",
    "commands.option.lora3_scale": "How strongly the third style shapes the video",
    "commands.length": "{seconds} seconds · {price}",
    "commands.balance.name": "balance",
    "commands.balance": "What you can spend here, what is held, and when it renews",
    "commands.jobs.name": "jobs",
    "commands.jobs": "Your running and recent videos, with links. Cancel those still in line",
    "commands.show.name": "show",
    "commands.show": "Post one of your finished videos again",
    "commands.show.job": "The number on the video, or pick one from the list",
    "commands.show.choice": "#{number} · {prompt}",
    "commands.models.name": "models",
    "commands.models": "What can be made here: models, limits and prices",
    "commands.help.name": "help",
    "commands.help": "How to make your first video",
    "commands.animate.name": "Animate this image",
    "commands.details.name": "Video details",
}
