// Reads Discord's Markdown into a tree: what stands in blocks, one below the other.
// Rule: it only reads; whatever it does not understand stays text. The work grows with the length
// of the text and never with its nesting, however hostile it is.
//
// A block: {is: "p"|"h1"|"h2"|"h3"|"small"|"quote"|"list"|"pre", …}; `has` holds inline nodes,
// `blocks` blocks, `items` the items of a list. Inline nodes stand in markdown_inline.js.

import { inline } from "./markdown_inline.js";

const HEADING = /^(#{1,3}) +(\S.*)$/;
const SMALL = /^-# +(\S.*)$/;
const ITEM = /^( {0,24})(?:([-*])|(\d{1,9})\.) +(\S.*)$/;
const FENCE = "```";
const DEEPEST_QUOTE = 3;

/** The blocks of a text. */
export function parse(text) {
  return blocksOf(text.replaceAll("\r\n", "\n").split("\n"), 0);
}

function blocksOf(lines, depth) {
  const blocks = [];
  let plain = [];
  const flush = () => {
    const text = plain.join("\n").replace(/^\n+|\s+$/g, "");
    if (text) blocks.push(...paragraphs(text));
    plain = [];
  };
  for (let at = 0; at < lines.length; ) {
    const end = fenceEnd(lines, at);
    if (end > at) {
      plain.push(...lines.slice(at, end));
      at = end;
      continue;
    }
    const found = blockAt(lines, at, depth);
    if (found === null) {
      plain.push(lines[at]);
      at += 1;
    } else {
      flush();
      blocks.push(found.block);
      at = found.next;
    }
  }
  flush();
  return blocks;
}

/** The line after a fence that opens in this line and closes in a later one; else `at`. */
function fenceEnd(lines, at) {
  if (lines[at].split(FENCE).length % 2 === 1) return at;
  for (let next = at + 1; next < lines.length; next += 1) {
    if (lines[next].includes(FENCE)) return next + 1;
  }
  return at;
}

/** Text around fences: the fences are blocks of their own. */
function paragraphs(text) {
  const pieces = text.split(FENCE);
  if (pieces.length % 2 === 0) {
    // The last one never closes: it is text.
    const last = pieces.pop();
    pieces.push(pieces.pop() + FENCE + last);
  }
  return pieces.flatMap((piece, nth) => {
    if (nth % 2 === 1 && piece.trim()) return [fence(piece)];
    const words = nth % 2 === 1 ? FENCE + piece + FENCE : piece;
    const trimmed = pieces.length > 1 ? words.replace(/^\n|\n$/g, "") : words;
    return trimmed ? [{ is: "p", has: inline(trimmed) }] : [];
  });
}

function fence(piece) {
  const named = /^([\w+.#-]{1,20})\n/.exec(piece);
  const text = (named ? piece.slice(named[0].length) : piece).replace(/^\n|\n$/g, "");
  return { is: "pre", language: named?.[1] ?? "", text };
}

function blockAt(lines, at, depth) {
  const line = lines[at];
  const heading = HEADING.exec(line);
  if (heading) return { block: { is: `h${heading[1].length}`, has: inline(heading[2]) }, next: at + 1 };
  const small = SMALL.exec(line);
  if (small) return { block: { is: "small", has: inline(small[1]) }, next: at + 1 };
  if (ITEM.test(line)) return list(lines, at);
  return depth < DEEPEST_QUOTE ? quote(lines, at, depth) : null;
}

function quote(lines, at, depth) {
  if (lines[at].startsWith(">>> ")) {
    const rest = [lines[at].slice(4), ...lines.slice(at + 1)];
    return { block: { is: "quote", blocks: blocksOf(rest, depth + 1) }, next: lines.length };
  }
  let next = at;
  while (next < lines.length && /^>( |$)/.test(lines[next])) next += 1;
  if (next === at) return null;
  const rest = lines.slice(at, next).map((line) => line.slice(2));
  return { block: { is: "quote", blocks: blocksOf(rest, depth + 1) }, next };
}

/** Lines that are items, nested by how far they stand in. */
function list(lines, at) {
  const root = { indent: -1, lists: [] };
  const open = [root];
  let next = at;
  for (let found; next < lines.length && (found = ITEM.exec(lines[next])); next += 1) {
    const indent = found[1].length;
    while (open.length > 1 && open.at(-1).indent >= indent) open.pop();
    const item = { indent, has: inline(found[4]), lists: [] };
    into(open.at(-1).lists, found, item);
    if (open.length < 6) open.push(item);
  }
  return { block: root.lists.length > 1 ? { is: "several", blocks: root.lists } : root.lists[0], next };
}

function into(lists, found, item) {
  const ordered = found[3] !== undefined;
  const last = lists.at(-1);
  if (last && last.ordered === ordered) last.items.push(item);
  else lists.push({ is: "list", ordered, start: Number(found[3] ?? 1), items: [item] });
}
