// Asks the local Discord's admin surface.
// Rule: a refusal of Discord's client arrives as `Refused`, in its words and with its field.

/** Discord's client does not send this. `field` is the option or field that it complains about. */
export class Refused extends Error {
  constructor(message, field = null, status = 400) {
    super(message);
    this.field = field;
    this.status = status;
  }
}

const UNREACHABLE = "The playground cannot be reached.";

async function ask(path, init) {
  let response;
  try {
    response = await fetch(`/_world${path}`, init);
  } catch {
    throw new Refused(UNREACHABLE, null, 0);
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new Refused(body.problem ?? body.message ?? UNREACHABLE, body.field ?? null, response.status);
}

/** Reads something, such as `look("/commands", {as: user, channel})`. */
export function look(path, query = {}) {
  const asked = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(asked).toString();
  return ask(text ? `${path}?${text}` : path);
}

/** Sends a form of the admin surface, such as `change("outage", {how: "503", seconds: 60})`. */
export function change(path, body) {
  return ask(`/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Does what a person can do, such as `act("press", {user, channel, message, name})`. */
export function act(verb, body) {
  return change(`acts/${verb}`, body);
}

/** Gives a file to a command, a form or a message; the answer has its `id`. */
export function upload(file, { user, channel }) {
  const query = new URLSearchParams({ as: user, channel, name: file.name || "file" });
  return ask(`/uploads?${query}`, {
    method: "POST",
    headers: { "Content-Type": "application/octet-stream" },
    body: file,
  });
}
