/** Seconds since 1970, as tokens and certificates count them. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now() / 1000;

/** Clocks of two machines may differ by this much. */
export const SKEW = 5;
