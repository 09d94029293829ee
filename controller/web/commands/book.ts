/**
 * The commands this page knows, kept current: fetched when a drone is opened or a command followed, moved on at once by
 * what the live stream says, and fetched again for steps and proof. Bounded: the oldest that nobody looks at go first.
 */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { CommandEntry } from '../../live/messages.ts';
import { type DroneRecord, stillOf } from '../live/record.ts';
import type { Asked } from '../shell/ask.ts';
import { type Command, deliveryTo, isOpen, withLive } from './answers.ts';
import { fetchCommand, fetchCommands } from './send.ts';

const HELD = 300;
const HISTORY = 20;
/** Soon after the stream says something new, but once for several changes. */
const REFRESH_MS = 200;
const BROADCAST_REFRESH_MS = 1_000;
const LOOK_AGAIN_MS = 2_000;

export interface BookPorts {
  readonly records: () => ReadonlyMap<string, DroneRecord>;
  readonly onChange: (listener: (changed: ReadonlySet<string>) => void) => () => void;
  readonly fetchCommand?: (id: string) => Promise<Asked<Command>>;
  readonly fetchCommands?: (drone: string, limit: number) => Promise<Asked<readonly Command[]>>;
  /** An open command that is followed is asked for so often, should the stream be silent about it; 2 s. */
  readonly lookAgainMs?: number;
}

export interface History {
  readonly state: 'loading' | 'ready' | 'failed';
  readonly words: string;
}

export interface Book {
  /** Null: not here yet, or unknown to the controller. */
  command(id: string): ReadonlySignal<Command | null>;
  /** Ids of the known commands to a drone, newest first. */
  ofDrone(drone: string): readonly string[];
  /** Rises whenever a command comes or goes; `ofDrone` is to be read again. */
  readonly version: ReadonlySignal<number>;
  /** Why this command cannot be shown, or null. `gone`: the controller knows of none, and is not asked again. */
  trouble(id: string): { readonly words: string; readonly gone: boolean } | null;
  history(drone: string): ReadonlySignal<History>;
  put(command: Command): void;
  /** Asks for the drone's commands now and keeps them current until the returned function is called. */
  openDrone(drone: string): () => void;
  follow(id: string): () => void;
  /** Fetches a command again soon. */
  refresh(id: string): void;
  loadHistory(drone: string): void;
  close(): void;
}

export function createBook(ports: BookPorts): Book {
  const fetchOne = ports.fetchCommand ?? ((id) => fetchCommand(id));
  const fetchMany = ports.fetchCommands ?? ((drone, limit) => fetchCommands(drone, limit));
  const lookAgainMs = ports.lookAgainMs ?? LOOK_AGAIN_MS;
  const held = new Map<string, Signal<Command | null>>();
  const troubles = new Map<string, { readonly words: string; readonly gone: boolean }>();
  const histories = new Map<string, Signal<History>>();
  const followed = new Map<string, number>();
  const opened = new Map<string, number>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const asked = new Map<string, number>();
  const lastEntries = new Map<string, readonly CommandEntry[]>();
  const version = signal(0);

  function signalOf(id: string): Signal<Command | null> {
    let one = held.get(id);
    if (!one) {
      one = signal(null);
      held.set(id, one);
      for (const oldest of held.keys()) {
        if (held.size <= HELD) break;
        if (!followed.has(oldest) && oldest !== id) forget(oldest);
      }
    }
    return one;
  }

  function forget(id: string): void {
    held.delete(id);
    troubles.delete(id);
    asked.delete(id);
    clearTimeout(timers.get(id));
    timers.delete(id);
  }

  function put(command: Command): void {
    const one = signalOf(command.id);
    const fresh = one.peek() === null;
    troubles.delete(command.id);
    one.value = withStream(command);
    if (fresh) version.value += 1;
  }

  /** The answer may have been made before the last message of the stream. */
  function withStream(command: Command): Command {
    let now = command;
    for (const { drone } of command.deliveries) {
      const entry = ports
        .records()
        .get(drone)
        ?.entry.commands?.find((one) => one.id === command.id);
      if (entry) now = withLive(now, drone, entry);
    }
    return now;
  }

  function refresh(id: string): void {
    if (timers.has(id)) return;
    const command = held.get(id)?.peek();
    const delayMs = (command?.deliveries.length ?? 0) > 1 ? BROADCAST_REFRESH_MS : REFRESH_MS;
    timers.set(
      id,
      setTimeout(() => void load(id), delayMs),
    );
  }

  async function load(id: string): Promise<void> {
    clearTimeout(timers.get(id));
    timers.delete(id);
    asked.set(id, performance.now());
    const answer = await fetchOne(id);
    if (answer.ok) put(answer.value);
    else if (held.get(id)?.peek() === null) {
      troubles.set(id, { words: answer.trouble.words, gone: !answer.trouble.open });
      version.value += 1;
    }
  }

  async function loadHistory(drone: string): Promise<void> {
    const history = historyOf(drone);
    if (history.peek().state === 'failed') history.value = { state: 'loading', words: '' };
    const answer = await fetchMany(drone, HISTORY);
    if (!answer.ok) {
      if (history.peek().state !== 'ready') history.value = { state: 'failed', words: answer.trouble.words };
      return;
    }
    // Oldest first, so that the newest is the last to be forgotten.
    for (const command of [...answer.value].reverse()) put(command);
    history.value = { state: 'ready', words: '' };
  }

  function historyOf(drone: string): Signal<History> {
    let one = histories.get(drone);
    if (!one) {
      one = signal<History>({ state: 'loading', words: '' });
      histories.set(drone, one);
    }
    return one;
  }

  function take(drone: string): void {
    const record = ports.records().get(drone);
    const entries = record && stillOf(record).commands;
    if (entries === undefined || lastEntries.get(drone) === entries) return;
    lastEntries.set(drone, entries);
    for (const entry of entries) {
      const one = held.get(entry.id);
      const before = one?.peek() ?? null;
      if (one !== undefined && before !== null) {
        const after = withLive(before, drone, entry);
        if (after !== before) {
          one.value = after;
          refresh(entry.id);
        }
      } else if (opened.has(drone)) {
        refresh(entry.id);
      }
    }
  }

  const stop = ports.onChange((changed) => {
    for (const drone of changed) take(drone);
  });
  const watch = setInterval(() => {
    const nowMs = performance.now();
    for (const id of followed.keys()) {
      const command = held.get(id)?.peek() ?? null;
      if (troubles.get(id)?.gone || (command !== null && !isOpen(command))) continue;
      if (nowMs - (asked.get(id) ?? Number.NEGATIVE_INFINITY) >= lookAgainMs) void load(id);
    }
  }, lookAgainMs / 2);

  return {
    command: signalOf,
    version: computed(() => version.value),
    ofDrone: (drone) =>
      [...held]
        .filter(([, one]) => {
          const command = one.peek();
          return command !== null && deliveryTo(command, drone) !== null;
        })
        .map(([id]) => id)
        .sort()
        .reverse(),
    trouble: (id) => troubles.get(id) ?? null,
    history: historyOf,
    put,
    openDrone(drone) {
      const release = count(opened, drone);
      lastEntries.delete(drone);
      void loadHistory(drone);
      take(drone);
      return release;
    },
    follow(id) {
      const release = count(followed, id);
      if (signalOf(id).peek() === null) void load(id);
      return release;
    },
    refresh,
    loadHistory: (drone) => void loadHistory(drone),
    close() {
      stop();
      clearInterval(watch);
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

/** Counts a holder of the key; the returned function lets go once. */
function count(holders: Map<string, number>, key: string): () => void {
  holders.set(key, (holders.get(key) ?? 0) + 1);
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    const left = (holders.get(key) ?? 1) - 1;
    if (left > 0) holders.set(key, left);
    else holders.delete(key);
  };
}
