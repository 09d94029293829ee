import type { DeltaMessage, DroneDelta, DroneEntry, ServerMessage } from '../../controller/live/messages.ts';

const RECONNECT_MS = 100;

export interface LiveFollower {
  /** The fleet as the page would hold it; entries are replaced, never changed. */
  readonly drones: ReadonlyMap<string, DroneEntry>;
  readonly connected: boolean;
  /** `start` of the controller that sent the last snapshot. */
  readonly controllerStart: string | null;
  /** Sequence numbers that did not follow on; a snapshot was asked for each time. */
  readonly skips: number;
  /** Controller time now, µs UTC: that of the last message and what has passed since. */
  serverNowUtcUs(): number;
  /** Called at every message, after it has been taken in. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/** Follows `WS /api/v1/live` as a page does, and comes back by itself when the controller does. */
export function followLive(httpUrl: string): LiveFollower {
  const url = `${httpUrl.replace(/^http/, 'ws')}/api/v1/live`;
  const drones = new Map<string, DroneEntry>();
  const listeners = new Set<() => void>();
  let socket: WebSocket | null = null;
  let closed = false;
  let connected = false;
  let seq = -1;
  let skips = 0;
  let controllerStart: string | null = null;
  let server = { utcUs: 0, atMs: 0 };
  let timer: NodeJS.Timeout | undefined;
  let onClosed = (): void => {};

  function take(message: ServerMessage): void {
    if (message.type !== 'snapshot' && message.type !== 'delta') return;
    server = { utcUs: message.serverUtcUs, atMs: performance.now() };
    if (message.type === 'snapshot') {
      drones.clear();
      for (const entry of message.drones) drones.set(entry.id, entry);
      controllerStart = message.controller.start;
    } else {
      if (message.seq !== seq + 1) {
        skips += 1;
        socket?.send(JSON.stringify({ type: 'resync' }));
      }
      takeDelta(message);
    }
    seq = message.seq;
    for (const listener of listeners) listener();
  }

  function takeDelta(message: DeltaMessage): void {
    for (const id of message.removed ?? []) drones.delete(id);
    for (const delta of message.drones) drones.set(delta.id, merge(drones.get(delta.id), delta));
  }

  function connect(): void {
    const mine = new WebSocket(url);
    socket = mine;
    mine.onopen = () => {
      connected = true;
    };
    mine.onmessage = (event) => {
      if (typeof event.data === 'string') take(JSON.parse(event.data) as ServerMessage);
    };
    mine.onclose = () => {
      connected = false;
      socket = null;
      if (closed) onClosed();
      else timer = setTimeout(connect, RECONNECT_MS);
    };
    // A close follows every error.
    mine.onerror = () => {};
  }

  connect();
  return {
    drones,
    get connected() {
      return connected;
    },
    get controllerStart() {
      return controllerStart;
    },
    get skips() {
      return skips;
    },
    serverNowUtcUs: () => server.utcUs + (performance.now() - server.atMs) * 1000,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      return new Promise((resolve) => {
        if (socket === null) return resolve();
        onClosed = resolve;
        socket.close();
      });
    },
  };
}

function merge(held: DroneEntry | undefined, delta: DroneDelta): DroneEntry {
  return { ...held, ...delta, kinds: { ...held?.kinds, ...delta.kinds } } as DroneEntry;
}
