/** Who had control, as the log of the agent tells it: a recording of the link does not. */
import type { Seen, Span } from '@skein/protocol/report';
import { CONTROL_STATES } from '@skein/protocol/telemetry';
import { logLines, parseLine } from './log/index.ts';

/** A state holds until the next; it is said again so often, so that nothing takes it for forgotten. */
const SAY_EVERY_US = 30e6;
const MAX_CHANGES = 2_000;

interface Change {
  readonly utcUs: number;
  /** Null: an agent began anew, and nobody knows yet. */
  readonly state: (typeof CONTROL_STATES)[number] | null;
  readonly why: string | null;
}

/** Empty: the log does not reach back so far, or cannot be read. */
export async function controlSaid(logs: string, span: Span): Promise<readonly Seen[]> {
  let changes: Change[] = [];
  try {
    for await (const lines of logLines(logs, null)) {
      for (const line of lines) {
        const change = changeOf(line);
        if (change === null || change.utcUs > span.toUtcUs) continue;
        // Of what was before only the last matters.
        if (change.utcUs <= span.fromUtcUs) changes = [];
        if (changes.length < MAX_CHANGES) changes.push(change);
      }
    }
  } catch {
    return [];
  }
  return changes.flatMap((change, i) => {
    const { state, why } = change;
    if (state === null) return [];
    const fromUs = Math.max(change.utcUs, span.fromUtcUs);
    const toUs = changes[i + 1]?.utcUs ?? span.toUtcUs;
    const times: number[] = [];
    for (let utcUs = fromUs; utcUs < toUs; utcUs += SAY_EVERY_US) times.push(utcUs);
    return times.map((utcUs) => ({ kind: 'control', utcUs, values: { state, why, commander: null } }) as const);
  });
}

function changeOf(line: string): Change | null {
  // Of a large log few lines are worth reading.
  if (!line.includes('"control"') && !line.includes('skein-agent runs for')) return null;
  const { time, part, state: said, msg } = parseLine(line) ?? {};
  if (typeof time !== 'number') return null;
  if (typeof msg === 'string' && msg.startsWith('skein-agent runs for'))
    return { utcUs: time * 1000, state: null, why: null };
  const state = CONTROL_STATES.find((one) => one === said);
  if (part !== 'control' || state === undefined) return null;
  return { utcUs: time * 1000, state, why: typeof msg === 'string' ? (/\((.*)\)$/.exec(msg)?.[1] ?? null) : null };
}
