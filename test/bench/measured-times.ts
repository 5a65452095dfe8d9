export function measuredTimes(..._: unknown[]): unknown { return undefined; }
