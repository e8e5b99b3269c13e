export function startFeed() {}
