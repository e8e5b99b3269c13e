export function startComposer() {}
export function tryCommand() {}
