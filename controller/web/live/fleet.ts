/**
 * What the page knows of the fleet: the live stream merged, one signal per drone so that a delta redraws one row, and a
 * clock that ticks four times a second so that everything ages whether or not anything arrives.
 */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Board, Health, ServerMessage } from '../../live/messages.ts';
import { classify, DEFAULT_LIMITS, type FreshnessLimits } from './freshness.ts';
import { compareIds } from './ids.ts';
import { type Drones, type Merged, mergeDelta, mergeSnapshot, shiftInstants } from './merge.ts';
import { ageOf, type DroneRecord } from './record.ts';
import { beginConnection, NEW_CLOCK, observeServer, type ServerClock, serverNowMs } from './server-clock.ts';

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  | {
      readonly state: 'reconnecting';
      readonly sinceMonoMs: number;
      readonly attempt: number;
      readonly retryAtMonoMs: number | null;
    };

export interface Counts {
  readonly all: number;
  readonly fresh: number;
  readonly stale: number;
  readonly lost: number;
}

export interface FleetPorts {
  /** Monotonic milliseconds. */
  readonly monoMs: () => number;
  /** Calls back once before the next frame is drawn. */
  readonly onFrame: (flush: () => void) => void;
}

export interface Fleet {
  /** As people read them (ids.ts). */
  readonly ids: ReadonlySignal<readonly string[]>;
  readonly connection: Signal<Connection>;
  readonly health: ReadonlySignal<Health>;
  /** Alerts and ground stops; null: the controller tells nothing of them. */
  readonly board: ReadonlySignal<Board | null>;
  readonly limits: ReadonlySignal<FreshnessLimits>;
  readonly controller: ReadonlySignal<{ readonly name: string; readonly version: string } | null>;
  /** Controller's UTC in ms as of the last tick; null before the first message. */
  readonly nowMs: ReadonlySignal<number | null>;
  /** While the page is not live: the controller's UTC in ms when it wrote what was heard last, so as of which all stands; else null. */
  readonly asOfMs: ReadonlySignal<number | null>;
  /** `nowMs` in whole seconds, for what need not be redrawn more often. */
  readonly second: ReadonlySignal<number>;
  readonly counts: ReadonlySignal<Counts>;
  /** The controller was upgraded under this page: it serves another build of it. */
  readonly outdated: ReadonlySignal<boolean>;
  /** True once a snapshot has arrived. */
  readonly loaded: ReadonlySignal<boolean>;
  /** As of when what listeners were told last stands: the stamp of the newest message in it, the controller's UTC in ms. */
  readonly toldMs: number | null;
  drone(id: string): ReadonlySignal<DroneRecord | null>;
  /** All records, for those who draw many at once. */
  all(): Drones;
  /** Called after each flush with the ids that changed (null: all of them) and those that went. */
  onChange(listener: (changed: ReadonlySet<string>, removed: readonly string[]) => void): () => void;
  /** A connection is about to be opened: whatever comes by it was written later than this. */
  begin(): void;
  /** Folds in one message; says whether a snapshot must be asked for. */
  take(message: ServerMessage): { readonly resync: boolean };
  /** Advances `nowMs`; call every 250 ms. */
  tick(): void;
  /** The machine slept for so long, ms, which its monotonic clock may not show: all is older by that, until it is heard again. */
  slept(ms: number): void;
}

export function createFleet(ports: FleetPorts): Fleet {
  let drones: Drones = new Map();
  let clock: ServerClock = NEW_CLOCK;
  let start: string | null = null;
  let lastSeq: number | null = null;
  let build: string | undefined;
  let sleptMs = 0;
  let dirty = new Set<string>();
  let gone: string[] = [];
  let scheduled = false;
  let toldMs: number | null = null;

  const signals = new Map<string, Signal<DroneRecord | null>>();
  const listeners = new Set<(changed: ReadonlySet<string>, removed: readonly string[]) => void>();
  const ids = signal<readonly string[]>([]);
  const health = signal<Health>({ store: 'ok', message: null });
  const board = signal<Board | null>(null);
  const limits = signal<FreshnessLimits>(DEFAULT_LIMITS);
  const controller = signal<{ name: string; version: string } | null>(null);
  const nowMs = signal<number | null>(null);
  const second = computed(() => Math.floor((nowMs.value ?? 0) / 1000));
  const loaded = signal(false);
  const outdated = signal(false);
  const now = (): number | null => serverNowMs(clock, ports.monoMs() + sleptMs);
  const connection = signal<Connection>({ state: 'connecting' });
  /** The newest message was written then. */
  const stampMs = signal<number | null>(null);
  const asOfMs = computed(() => (connection.value.state === 'open' ? null : stampMs.value));

  const counts = computed<Counts>(() => {
    // Of thousands: not with every message.
    void second.value;
    const now = nowMs.peek();
    const tally = { all: 0, fresh: 0, stale: 0, lost: 0 };
    for (const id of ids.value) {
      const record = drones.get(id);
      if (!record) continue;
      tally.all += 1;
      const state = classify(ageOf(record, now), limits.value);
      tally[state === 'never' ? 'lost' : state] += 1;
    }
    return tally;
  });

  function droneSignal(id: string): Signal<DroneRecord | null> {
    let one = signals.get(id);
    if (!one) {
      one = signal(drones.get(id) ?? null);
      signals.set(id, one);
    }
    return one;
  }

  function flush(): void {
    scheduled = false;
    const changed = dirty;
    const removed = gone;
    dirty = new Set();
    gone = [];
    toldMs = stampMs.peek();
    batch(() => {
      // Of those nobody asked for there is none.
      for (const id of changed) {
        const one = signals.get(id);
        if (one) one.value = drones.get(id) ?? null;
      }
      for (const id of removed) {
        const one = signals.get(id);
        if (one) one.value = null;
      }
      if (drones.size !== ids.value.length || ids.value.some((id) => !drones.has(id)))
        ids.value = [...drones.keys()].sort(compareIds);
      nowMs.value = now();
    });
    for (const listener of listeners) listener(changed, removed);
  }

  function keep(merged: Merged): void {
    drones = merged.drones;
    for (const id of merged.changed) dirty.add(id);
    gone.push(...merged.removed);
    if (!scheduled) {
      scheduled = true;
      ports.onFrame(flush);
    }
  }

  return {
    ids,
    connection,
    health,
    board,
    limits,
    controller,
    nowMs,
    asOfMs,
    second,
    counts,
    loaded,
    outdated,
    get toldMs() {
      return toldMs;
    },
    drone: droneSignal,
    all: () => drones,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin() {
      clock = beginConnection(clock, ports.monoMs());
    },
    take(message) {
      if (message.type !== 'snapshot' && message.type !== 'delta') return { resync: false };
      sleptMs = 0;
      const seen = observeServer(clock, message.serverUtcUs / 1000, ports.monoMs());
      clock = seen.clock;
      stampMs.value = message.serverUtcUs / 1000;
      if (seen.shiftMs !== 0) {
        drones = shiftInstants(drones, seen.shiftMs);
        for (const id of drones.keys()) dirty.add(id);
      }
      if (message.health) health.value = message.health;
      if (message.board) board.value = message.board;
      if (message.type === 'snapshot') {
        lastSeq = message.seq;
        limits.value = message.limits ?? DEFAULT_LIMITS;
        controller.value = message.controller;
        const { page } = message.controller;
        if (start === null) build = page;
        outdated.value = page !== undefined && page !== build;
        keep(mergeSnapshot(drones, message, message.controller.start === start));
        start = message.controller.start;
        loaded.value = true;
        return { resync: false };
      }
      const skipped = lastSeq === null || message.seq !== lastSeq + 1;
      lastSeq = message.seq;
      const merged = mergeDelta(drones, message, drones as Map<string, DroneRecord>);
      keep(merged);
      return { resync: skipped || merged.incomplete };
    },
    tick() {
      nowMs.value = now();
    },
    slept(ms) {
      sleptMs += ms;
      nowMs.value = now();
    },
  };
}
