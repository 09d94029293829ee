/** A hub with a fleet that says what it is told to, and pages that keep what they got. */
import { type LiveCounter, LiveHub, type LiveSource } from '../hub.ts';
import type { DroneDelta, DroneEntry, ServerMessage } from '../messages.ts';

export class Page {
  readonly got: ServerMessage[] = [];
  bufferedAmount = 0;
  closed: number | null = null;

  send(text: string): void {
    this.got.push(JSON.parse(text));
  }

  close(code: number): void {
    this.closed = code;
  }

  terminate(): void {}
}

/** What a drone says, whichever it is. */
export const parts = {
  ...{ online: true, link: { liveHz: 1 } },
  ...{ position: { values: { latDeg: 47 } }, gps: { values: { fix: '3d' } } },
};
const pickedFrom = (all: object, names: ReadonlySet<string>): object =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));

export function given(o: { maxClients?: number; entries?: readonly DroneEntry[] } = {}) {
  let seconds = 0;
  let changes: DroneDelta[] = [];
  let selected: ReadonlySet<string> = new Set();
  const counts = new Map<LiveCounter, number>();
  const source: LiveSource = {
    entries: () => o.entries ?? [],
    drainChanges: () => changes.splice(0),
    part: (id, fields, kinds) => ({ id, ...pickedFrom(parts, fields), kinds: pickedFrom(parts, kinds) }),
    select: (ids) => {
      selected = ids;
    },
  };
  const hub = new LiveHub({
    source,
    ...{ utcUs: () => seconds * 1e6, monoUs: () => seconds * 1e6 },
    count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    controller: { name: 'c', start: 's', version: 'v' },
    limits: { freshMs: 3000, lostMs: 30_000 },
    maxClients: o.maxClients ?? 10,
  });
  return {
    hub,
    counts,
    change: (id: string, more: object = {}) => {
      changes = [...changes, { id, ...more }];
    },
    round: (s = 0.25) => {
      seconds += s;
      hub.flush();
    },
    selected: () => [...selected],
  };
}
