"""The playground's page: Discord's side of it, in a browser.

Rule: what is served is fixed files of this folder and nothing else, and the browser is told to run
nothing else either.

    async with LocalDiscord(routes=page.routes()) as discord:
        …open discord.origin in a browser…

The page talks to `/_world` alone. `app.js` begins it; `playground.js` is what a neighbour (the
stage: `stage/stage.js`, which fills `<aside id="stage">`) may import. One file has one topic:

| folder | topic |
|---|---|
| `core/` | nodes, requests, the live line, who and where, times |
| `places/` | servers, channels, people |
| `talk/` | the messages of a channel: loaded, kept in a window, drawn |
| `compose/` | the message box, the command picker, options, files |
| `pieces/` | dialogs, forms, menus, lists, toasts |
| `style/` | the look: `theme.css` has every colour |
"""

from pathlib import Path
from typing import Final

from aiohttp import web

_HERE: Final = Path(__file__).parent
_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""What may be fetched; other files of this folder are not there."""
_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    # No text becomes markup, whatever a script of ours does by mistake.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
_HEADERS: Final = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # A change of a file shows at the next reload.
    "Cache-Control": "no-cache",
}


def routes() -> list[web.RouteDef]:
    """The page at `/`, its files below `/page/`."""
    return [
        web.get("/", _page),
        web.get("/favicon.ico", _icon),
        web.get("/page/{path:.+}", _file),
    ]


async def _page(request: web.Request) -> web.StreamResponse:
    del request
    return _give(_HERE / "index.html", "text/html")


async def _icon(request: web.Request) -> web.StreamResponse:
    del request
    return _give(_HERE / "style" / "mark.svg", "image/svg+xml")


async def _file(request: web.Request) -> web.StreamResponse:
    path = (_HERE / request.match_info["path"]).resolve()
    kind = _TYPES.get(path.suffix)
    if kind is None or not path.is_relative_to(_HERE) or not path.is_file():
        raise web.HTTPNotFound
    return _give(path, kind)


def _give(path: Path, kind: str) -> web.StreamResponse:
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return web.FileResponse(path, headers={**_HEADERS, "Content-Type": kind + charset})
