// What somebody was writing where, kept for as long as the page is open.
// Rule: a draft belongs to its channel and to who writes it; nobody else finds it.

const kept = new Map();

/** Puts away what stands in the message box; an empty draft is none. */
export function keepDraft(where, draft) {
  if (draft.order || draft.text || draft.files.length) kept.set(where, draft);
  else kept.delete(where);
}

/** What was put away there; it is in the message box from now on. */
export function takeDraft(where) {
  const draft = kept.get(where) ?? { order: null, text: "", files: [] };
  kept.delete(where);
  return draft;
}

/** A command that was sent or given up meanwhile is no draft any more. */
export function dropOrder(order) {
  for (const [where, draft] of kept) if (draft.order === order) kept.delete(where);
}
