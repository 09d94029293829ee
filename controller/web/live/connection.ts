/**
 * Keeps the WebSocket to the controller open: reconnects by itself with jitter, treats 3 s of silence as a dead
 * connection (the controller speaks at least once a second), asks for a snapshot when a message was skipped.
 */
import type { ClientMessage, ServerMessage } from '../../live/messages.ts';
import { retryDelayMs } from './backoff.ts';
import type { Fleet } from './fleet.ts';

const SILENT_MS = 3_000;
/** The wall clock ran ahead of the monotonic one by this between two looks: the machine slept, or the clock was set. */
const SLEPT_MS = 2_000;
const OPEN_WITHIN_MS = 8_000;
/** A connection that lasted this long starts the back-off anew. */
const STABLE_MS = 5_000;

export interface LiveConnection {
  /** The drones looked at closely; their live rate is raised. */
  select(drones: readonly string[]): void;
  /** Tries at once instead of waiting for the back-off. */
  retryNow(): void;
  close(): void;
}

export function connectLive(url: string, fleet: Fleet): LiveConnection {
  let socket: WebSocket | null = null;
  let openedAtMs: number | null = null;
  let lastHeardMs = performance.now();
  let attempt = 0;
  let lostAtMs: number | null = null;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let resyncAskedMs = Number.NEGATIVE_INFINITY;
  let resyncWanted = false;
  let selected: readonly string[] = [];
  let closed = false;

  const wallAheadMs = (): number => Date.now() - performance.now();
  let aheadMs = wallAheadMs();
  /** What was heard last is older than the monotonic clock of many machines says, and the connection is of before. */
  function lookForSleep(): void {
    const sleptMs = wallAheadMs() - aheadMs;
    aheadMs += sleptMs;
    if (sleptMs < SLEPT_MS) return;
    fleet.slept(sleptMs);
    lastHeardMs -= sleptMs;
    const { value } = fleet.connection;
    if (lostAtMs !== null) lostAtMs -= sleptMs;
    if (socket !== null) drop();
    else if (value.state === 'reconnecting')
      fleet.connection.value = { ...value, sinceMonoMs: value.sinceMonoMs - sleptMs };
  }

  function look(): void {
    lookForSleep();
    if (socket === null) return;
    const limitMs = openedAtMs === null ? OPEN_WITHIN_MS : SILENT_MS;
    if (performance.now() - lastHeardMs > limitMs) drop();
  }
  const watch = setInterval(look, 500);

  /** What nobody can see is not looked at: a tab left in the background for a day keeps no drone at the higher rate. */
  const lookedAt = (): readonly string[] => (document.visibilityState === 'visible' ? selected : []);

  function send(message: ClientMessage): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  /** Of the others it is enough to know what list and map show. */
  function tellSelected(): void {
    send({ type: 'select', drones: lookedAt(), others: 'brief', moves: true });
  }

  function open(): void {
    clearTimeout(retryTimer);
    lastHeardMs = performance.now();
    openedAtMs = null;
    fleet.begin();
    const mine = new WebSocket(url);
    socket = mine;
    mine.onopen = () => {
      if (mine !== socket) return;
      openedAtMs = lastHeardMs = performance.now();
      tellSelected();
    };
    mine.onmessage = (event) => {
      // It may have lain here while the machine slept.
      lookForSleep();
      if (mine === socket) receive(event.data);
    };
    mine.onclose = () => {
      if (mine === socket) drop();
    };
  }

  function receive(data: unknown): void {
    lastHeardMs = performance.now();
    let message: ServerMessage;
    try {
      message = JSON.parse(String(data)) as ServerMessage;
    } catch {
      drop();
      return;
    }
    const { resync } = fleet.take(message);
    if (message.type === 'snapshot' && fleet.connection.value.state !== 'open') {
      lostAtMs = null;
      fleet.connection.value = { state: 'open' };
    }
    if (openedAtMs !== null && lastHeardMs - openedAtMs > STABLE_MS) attempt = 0;
    resyncWanted = message.type !== 'snapshot' && (resyncWanted || resync);
    if (resyncWanted && lastHeardMs - resyncAskedMs > 1_000) {
      resyncAskedMs = lastHeardMs;
      send({ type: 'resync' });
    }
  }

  /** Lets go of the present socket and plans the next try. */
  function drop(): void {
    const old = socket;
    socket = null;
    if (old) {
      old.onopen = old.onmessage = old.onclose = null;
      old.close();
    }
    if (closed) return;
    const nowMs = performance.now();
    lostAtMs ??= fleet.loaded.value ? lastHeardMs : nowMs;
    const delayMs = retryDelayMs(attempt, Math.random());
    attempt += 1;
    fleet.connection.value = { state: 'reconnecting', sinceMonoMs: lostAtMs, attempt, retryAtMonoMs: nowMs + delayMs };
    clearTimeout(retryTimer);
    retryTimer = setTimeout(open, delayMs);
  }

  function retryNow(): void {
    if (!closed && socket === null) open();
  }

  // A page that was hidden, or a machine that slept, has timers that come late: look again at once.
  const wake = (): void => {
    look();
    fleet.tick();
    if (selected.length > 0) tellSelected();
    if (document.visibilityState === 'visible') retryNow();
  };
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', retryNow);
  open();

  return {
    select(drones) {
      selected = drones;
      tellSelected();
    },
    retryNow,
    close() {
      closed = true;
      clearInterval(watch);
      clearTimeout(retryTimer);
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('online', retryNow);
      drop();
    },
  };
}
