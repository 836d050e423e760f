/**
 * Delay in milliseconds before a retry: 1 to 10 s, longer for later attempts, and spread so that thousands of pages do not
 * return at once.
 */
export const backOff = (attempt: number, random = Math.random): number =>
  1000 + random() * (Math.min(10_000, 2000 * 2 ** attempt) - 1000);

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
