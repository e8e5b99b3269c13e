// Tells one part of the page what happens in another, by topic.
// Topics of the page: "actor", "world", "place", "link". Those of the local Discord: "event:" and
// the event's kind, such as "event:message_posted".

const listeners = new Map();

/** Listens to a topic; the answer stops it. */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
  return () => listeners.get(topic).delete(listener);
}

/** Tells all who listen. One that fails does not keep it from the others. */
export function tell(topic, value) {
  for (const listener of [...(listeners.get(topic) ?? [])]) {
    try {
      listener(value);
    } catch (error) {
      reportError(error);
    }
  }
}
