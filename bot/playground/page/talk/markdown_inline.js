// Reads what stands inside a line of Discord's Markdown.
// Rule: see markdown.js. A search for a closing mark that failed once is not repeated behind it.
//
// A node: a string, or {is: "b"|"i"|"u"|"s"|"spoiler"|"code"|"link"|"user"|"role"|"channel"|
// "command"|"everyone"|"time"|"emoji", …}.

const DEEPEST = 8;
const MARKS = [
  ["**", "b"],
  ["__", "u"],
  ["~~", "s"],
  ["||", "spoiler"],
  ["*", "i"],
  ["_", "i"],
];
const ADDRESS = /https?:\/\/[^\s<>"]+/iy;
const ANGLED = /<(https?:\/\/[^\s<>]+)>/iy;
const NAMED = [
  [/<@!?(\d{1,20})>/y, ([, id]) => ({ is: "user", id })],
  [/<@&(\d{1,20})>/y, ([, id]) => ({ is: "role", id })],
  [/<#(\d{1,20})>/y, ([, id]) => ({ is: "channel", id })],
  [/<\/([\p{L}\p{N}_' -]{1,100}):(\d{1,20})>/uy, ([, name, id]) => ({ is: "command", name, id })],
  [/<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>/y, ([, at, form]) => ({ is: "time", at: Number(at), form })],
  [/<a?:(\w{1,32}):(\d{1,20})>/y, ([, name]) => ({ is: "emoji", name })],
];
const SPECIAL = /[\\`*_~|<[@h]/g;

/** The nodes of a text without blocks. */
export function inline(text, depth = 0) {
  return new Reader(text, depth).nodes();
}

class Reader {
  constructor(text, depth) {
    this.text = text;
    this.depth = depth;
    this.found = [];
    this.plain = "";
    this.hopeless = new Set();
  }

  nodes() {
    let at = 0;
    while (at < this.text.length) {
      SPECIAL.lastIndex = at;
      const next = SPECIAL.exec(this.text)?.index ?? this.text.length;
      this.plain += this.text.slice(at, next);
      at = next < this.text.length ? this.step(next) : next;
    }
    this.flush();
    return this.found;
  }

  flush() {
    if (this.plain) this.found.push(this.plain);
    this.plain = "";
  }

  push(node) {
    this.flush();
    this.found.push(node);
  }

  /** Reads what begins here; the answer is where it ends. */
  step(at) {
    const sign = this.text[at];
    if (sign === "\\") return this.escape(at);
    const end =
      (sign === "`" && this.code(at)) ||
      (sign === "<" && this.angle(at)) ||
      (sign === "[" && this.link(at)) ||
      (sign === "h" && this.address(at)) ||
      (sign === "@" && this.everyone(at)) ||
      this.marked(at);
    if (end) return end;
    this.plain += sign;
    return at + 1;
  }

  escape(at) {
    const next = this.text[at + 1];
    const hides = next !== undefined && /[^\p{L}\p{N}\s]/u.test(next);
    this.plain += hides ? next : "\\";
    return at + (hides ? 2 : 1);
  }

  code(at) {
    const run = /`+/y;
    run.lastIndex = at;
    const ticks = run.exec(this.text)[0];
    const key = `code${ticks.length}`;
    if (!this.hopeless.has(key)) {
      const every = /`+/g;
      every.lastIndex = at + ticks.length;
      for (let other; (other = every.exec(this.text)); ) {
        if (other[0].length !== ticks.length) continue;
        const words = this.text.slice(at + ticks.length, other.index);
        this.push({ is: "code", text: words.replace(/^ (.*`.*) $/s, "$1") });
        return other.index + ticks.length;
      }
      this.hopeless.add(key);
    }
    this.plain += ticks;
    return at + ticks.length;
  }

  angle(at) {
    for (const [pattern, read] of NAMED) {
      pattern.lastIndex = at;
      const found = pattern.exec(this.text);
      if (!found) continue;
      this.push(read(found));
      return at + found[0].length;
    }
    ANGLED.lastIndex = at;
    const found = ANGLED.exec(this.text);
    if (!found) return 0;
    this.push({ is: "link", href: found[1], has: [found[1]] });
    return at + found[0].length;
  }

  address(at) {
    ADDRESS.lastIndex = at;
    const found = ADDRESS.exec(this.text);
    if (!found) return 0;
    let href = found[0].replace(/[.,:;!?'*_~|\]]+$/, "");
    if (href.endsWith(")") && !href.includes("(")) href = href.slice(0, -1);
    if (href.length < 9) return 0;
    this.push({ is: "link", href, has: [href] });
    return at + href.length;
  }

  link(at) {
    if (this.hopeless.has("link")) return 0;
    const end = this.text.indexOf("](", at);
    if (end < 0) {
      this.hopeless.add("link");
      return 0;
    }
    const words = this.text.slice(at + 1, end);
    const target = /\]\(<?(https?:\/\/[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?: +"[^"\n]{0,200}")?\)/iy;
    target.lastIndex = end;
    const found = words.trim() && !words.includes("[") && target.exec(this.text);
    if (!found || this.depth >= DEEPEST) return 0;
    this.push({ is: "link", href: found[1], masked: true, has: inline(words, this.depth + 1) });
    return end + found[0].length;
  }

  everyone(at) {
    const found = /^@(everyone|here)\b/.exec(this.text.slice(at, at + 12));
    if (!found) return 0;
    this.push({ is: "everyone", text: found[0] });
    return at + found[0].length;
  }

  marked(at) {
    if (this.depth >= DEEPEST) return 0;
    for (const [mark, is] of MARKS) {
      if (!this.text.startsWith(mark, at) || this.hopeless.has(mark)) continue;
      // Inside of a word an underscore is a letter.
      if (mark === "_" && /[\p{L}\p{N}]/u.test(this.text[at - 1] ?? " ")) continue;
      const end = this.closing(mark, at + mark.length);
      if (end === null) continue;
      const words = this.text.slice(at + mark.length, end);
      if (words.split(mark[0]).join("") === "") continue;
      this.push({ is, has: inline(words, this.depth + 1) });
      return end + mark.length;
    }
    return 0;
  }

  /** Where the closing mark of something that begins at `from` stands; null where there is none. */
  closing(mark, from) {
    const sign = mark[0];
    if (mark.length === 1 && /\s/.test(this.text[from] ?? " ")) return null;
    let any = false;
    for (let at = from; at < this.text.length; ) {
      if (this.text[at] === "\\") {
        at += 2;
      } else if (this.text[at] !== sign) {
        at += 1;
      } else {
        let end = at;
        while (this.text[end] === sign) end += 1;
        const fits = mark.length === 1 ? (end - at) % 2 === 1 : end - at >= 2;
        any ||= fits;
        const close = end - mark.length;
        if (fits && close > from && this.closes(mark, close)) return close;
        at = end;
      }
    }
    if (!any) this.hopeless.add(mark);
    return null;
  }

  closes(mark, at) {
    if (mark.length > 1) return true;
    if (/\s/.test(this.text[at - 1])) return false;
    return mark !== "_" || !/[\p{L}\p{N}]/u.test(this.text[at + 1] ?? " ");
  }
}
