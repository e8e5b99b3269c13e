// Builds the page's nodes.
// Rule: data becomes text nodes and checked attributes. Nothing here or elsewhere parses markup.

const SVG = "http://www.w3.org/2000/svg";
const SAFE = /^(https?:|mailto:|blob:|\/|#)/i;

/** An element. `props`: attributes; `class`, `on: {event: listener}`, `data: {}`; null and false are left out. */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props ?? {}, children);
}

/** An element of an SVG picture. */
export function s(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props ?? {}, children);
}

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") listen(node, value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else if (name === "href" || name === "src") setAddress(node, name, String(value));
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function listen(node, listeners) {
  for (const [event, listener] of Object.entries(listeners)) node.addEventListener(event, listener);
}

function setAddress(node, name, value) {
  // An address of another scheme, such as javascript:, is no address here.
  if (SAFE.test(value)) node.setAttribute(name, value);
}

/** Puts these children in the place of all that were there. */
export function refill(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter(Boolean));
  return node;
}

let last = 0;

/** An id that no other element of the page has. */
export function freshId(word) {
  last += 1;
  return `${word}-${last}`;
}

export const byId = (id) => document.getElementById(id);
