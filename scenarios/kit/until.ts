import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  readonly timeoutMs: number;
  /** Completes "gave up waiting for …". */
  readonly what: string;
  readonly everyMs?: number;
  /** Said when it times out: what was seen instead; or a promise of it. */
  readonly seen?: () => unknown;
}

export interface Reached<T> {
  readonly value: T;
  /** How long it took, ms. */
  readonly tookMs: number;
}

/**
 * Asks `condition` again and again until it gives something other than null, undefined or false. A condition that throws
 * has not been met yet (a server that still starts refuses connections); the last error is part of the time-out's text.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions,
): Promise<Reached<Exclude<T, null | undefined | false>>> {
  const began = performance.now();
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== null && value !== undefined && value !== false) {
        return { value: value as Exclude<T, null | undefined | false>, tookMs: performance.now() - began };
      }
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() - began > options.timeoutMs) {
      const seen = options.seen === undefined ? '' : `; seen: ${await seenBy(options.seen)}`;
      const cause = lastError === undefined ? '' : `; last error: ${shown(lastError)}`;
      throw new Error(`gave up after ${options.timeoutMs} ms waiting for ${options.what}${seen}${cause}`);
    }
    await pause(options.everyMs ?? 100);
  }
}

/** Who cannot say it keeps nobody from hearing what was waited for. */
async function seenBy(see: () => unknown): Promise<string> {
  try {
    return shown(await see());
  } catch (error) {
    return `nothing (${shown(error)})`;
  }
}

function shown(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `promise`, or an error that says what was waited for. */
export async function within<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`gave up after ${timeoutMs} ms waiting for ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
