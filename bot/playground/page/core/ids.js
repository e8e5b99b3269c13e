// Discord's ids: numbers too large for JavaScript, which travel as strings and order messages by age.

/** Below zero where `a` is older than `b`. */
export function compareIds(a, b) {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}
