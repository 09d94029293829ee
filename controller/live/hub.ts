/**
 * Sends the fleet to every page: one snapshot, then deltas, each serialised once for all.
 *
 *   4 Hz: source.drainChanges() ──► one text ──► every client that keeps up
 *                          └─► brief.ts ──► another, for those that asked for it, each with the drones it looks at
 *                                     └── a slow one is skipped; a snapshot when it has drained; closed when nothing leaves
 */
import { type BriefSource, Briefs } from './brief.ts';
import type {
  Board,
  ClientMessage,
  DeltaMessage,
  DroneDelta,
  DroneEntry,
  Health,
  SnapshotMessage,
} from './messages.ts';

/** What the hub needs of the fleet. */
export interface LiveSource extends BriefSource {
  entries(): readonly DroneEntry[];
  /** What changed since the last call; the hub is the only caller. */
  drainChanges(): readonly DroneDelta[];
  /** These are looked at closely. */
  select(ids: ReadonlySet<string>): void;
}

/** What the hub needs of a WebSocket (the `ws` package's has it). */
export interface LiveSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

export const LIVE_COUNTERS = {
  clients: 'pages connected',
  refused: 'pages refused: live.maxClients reached or a foreign Origin',
  messages: 'messages sent to pages',
  skipped: 'messages not sent because a page was slow',
  closedSlow: 'pages closed because they did not keep up',
  badMessages: 'messages from pages that could not be read',
} as const;
export type LiveCounter = keyof typeof LIVE_COUNTERS;

export interface LiveHubOptions {
  readonly source: LiveSource;
  readonly utcUs: () => number;
  readonly monoUs: () => number;
  readonly count: (name: LiveCounter, by?: number) => void;
  readonly controller: SnapshotMessage['controller'];
  readonly limits: SnapshotMessage['limits'];
  readonly maxClients: number;
}

const PERIOD_MS = 250;
/** A delta at least this often, so that a page can tell silence from a dead connection. */
const HEARTBEAT_MS = 1000;
const SKIP_BYTES = 256 << 10;
/** Beside the message sent last: a snapshot of a large fleet is more than this by itself, and must be given time to leave. */
const CLOSE_BYTES = 4 << 20;
/** Of what waits for a page less than `SKIP_BYTES` has left in so long. */
const CLOSE_AFTER_US = 10e6;
/** However well it leaves. */
const BEHIND_AT_MOST_US = 60e6;
const MAX_SELECTED = 64;
/** RFC 6455 §7.4 registry: try again later. */
const TRY_AGAIN_LATER = 1013;
const GOING_AWAY = 1001;

interface Client {
  readonly socket: LiveSocket;
  selected: readonly string[];
  /** Of the drones that are not selected it wants what list and map show. */
  brief: boolean;
  /** Characters of what was sent last. */
  sent: number;
  /** Since when messages have been skipped; null: it keeps up. */
  behind: { readonly sinceUs: number; readonly leftAtUs: number; readonly waiting: number } | null;
}

export class LiveHub {
  readonly #o: LiveHubOptions;
  readonly #clients = new Set<Client>();
  readonly #briefs: Briefs;
  #seq = 0;
  #health: Health = { store: 'ok', message: null };
  #healthChanged = false;
  #board: Board | null = null;
  #boardText = '';
  #boardChanged = false;
  #timer: NodeJS.Timeout | null = null;
  #sentAtUs = 0;

  constructor(o: LiveHubOptions) {
    this.#o = o;
    this.#briefs = new Briefs(o.source);
  }

  start(): void {
    this.#timer = setInterval(() => this.flush(), PERIOD_MS);
  }

  get clients(): number {
    return this.#clients.size;
  }

  setHealth(health: Health): void {
    this.#health = health;
    this.#healthChanged = true;
  }

  /** Asked for again and again: only what is new goes out. */
  setBoard(board: Board): void {
    const text = JSON.stringify(board);
    if (text === this.#boardText) return;
    this.#board = board;
    this.#boardText = text;
    this.#boardChanged = true;
  }

  /** A page connected. Call `message` and `gone` of what is returned; null: there is no room, the socket is closed. */
  join(socket: LiveSocket): { message: (text: string) => void; gone: () => void } | null {
    if (this.#clients.size >= this.#o.maxClients) {
      this.#o.count('refused');
      socket.close(TRY_AGAIN_LATER, 'too many live connections');
      return null;
    }
    this.#o.count('clients');
    const client: Client = { socket, selected: [], brief: false, sent: 0, behind: null };
    this.#clients.add(client);
    this.#send(client, this.#snapshot());
    return {
      message: (text) => this.#message(client, text),
      gone: () => {
        this.#clients.delete(client);
        this.#select();
      },
    };
  }

  /** One round: what changed, to all. */
  flush(): void {
    const drones = this.#o.source.drainChanges();
    const now = this.#o.monoUs();
    const quietMs = (now - this.#sentAtUs) / 1e3;
    const isNews = drones.length > 0 || this.#healthChanged || this.#boardChanged;
    if (this.#clients.size === 0 || (!isNews && quietMs < HEARTBEAT_MS)) return;
    this.#sentAtUs = now;
    const about: Omit<DeltaMessage, 'drones'> = {
      ...{ type: 'delta', seq: ++this.#seq, serverUtcUs: this.#o.utcUs() },
      ...(this.#healthChanged ? { health: this.#health } : {}),
      ...(this.#boardChanged && this.#board ? { board: this.#board } : {}),
    };
    this.#healthChanged = false;
    this.#boardChanged = false;
    const textFor = this.#texts(about, drones, now);
    let snapshot: string | null = null;
    for (const client of this.#clients) {
      if (this.#isSlow(client, now)) continue;
      if (client.behind === null) {
        this.#send(client, textFor(client));
        continue;
      }
      // It missed something and has drained since, or asked for it.
      client.behind = null;
      snapshot ??= this.#snapshot();
      this.#send(client, snapshot);
    }
  }

  /** Each of the two is written once, and only if somebody gets it. */
  #texts(about: object, drones: readonly DroneDelta[], nowUs: number): (client: Client) => string {
    const head = `${JSON.stringify(about).slice(0, -1)},"drones":[`;
    const inside = (all: readonly DroneDelta[]): string => JSON.stringify(all).slice(1, -1);
    const someBrief = [...this.#clients].some(({ brief }) => brief);
    const brief = someBrief ? inside(this.#briefs.take(drones, nowUs)) : '';
    let full: string | null = null;
    return (client) => {
      if (!client.brief) {
        full ??= `${head}${inside(drones)}]}`;
        return full;
      }
      const late = client.selected.flatMap((id) => this.#briefs.late(id) ?? []);
      return `${head}${brief}${brief !== '' && late.length > 0 ? ',' : ''}${inside(late)}]}`;
    };
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    for (const client of this.#clients) client.socket.close(GOING_AWAY, 'the controller is stopping');
    this.#clients.clear();
  }

  /** Skips, and in the end closes, a client whose bytes do not leave. */
  #isSlow(client: Client, nowUs: number): boolean {
    const waiting = client.socket.bufferedAmount;
    if (waiting <= SKIP_BYTES) return false;
    this.#o.count('skipped');
    const { sinceUs, leftAtUs, waiting: before } = client.behind ?? { sinceUs: nowUs, leftAtUs: nowUs, waiting };
    const leaves = before - waiting >= SKIP_BYTES;
    client.behind = leaves ? { sinceUs, leftAtUs: nowUs, waiting } : { sinceUs, leftAtUs, waiting: before };
    const stuck = nowUs - client.behind.leftAtUs > CLOSE_AFTER_US || nowUs - sinceUs > BEHIND_AT_MOST_US;
    if (stuck || waiting > CLOSE_BYTES + client.sent) {
      this.#o.count('closedSlow');
      client.socket.close(TRY_AGAIN_LATER, 'too slow');
      client.socket.terminate();
      this.#clients.delete(client);
      this.#select();
    }
    return true;
  }

  #message(client: Client, text: string): void {
    const message = readClientMessage(text);
    if (message === null) {
      this.#o.count('badMessages');
      return;
    }
    if (message.type === 'resync') {
      if (client.socket.bufferedAmount <= SKIP_BYTES) this.#send(client, this.#snapshot());
      else this.#beginAnew(client);
      return;
    }
    const brief = message.others === 'brief';
    // What was held back of all others it would not be told before it changes again.
    if (client.brief && !brief) this.#beginAnew(client);
    client.selected = message.drones.slice(0, MAX_SELECTED);
    client.brief = brief;
    this.#select();
  }

  /** A snapshot instead of the next message. */
  #beginAnew(client: Client): void {
    const nowUs = this.#o.monoUs();
    client.behind ??= { sinceUs: nowUs, leftAtUs: nowUs, waiting: client.socket.bufferedAmount };
  }

  #select(): void {
    if (![...this.#clients].some(({ brief }) => brief)) this.#briefs.letGo();
    this.#o.source.select(new Set([...this.#clients].flatMap((client) => client.selected)));
  }

  #snapshot(): string {
    const { controller, limits } = this.#o;
    const snapshot: SnapshotMessage = {
      ...{ type: 'snapshot', seq: this.#seq, serverUtcUs: this.#o.utcUs() },
      ...{ controller, limits, health: this.#health, ...(this.#board ? { board: this.#board } : {}) },
      drones: this.#o.source.entries(),
    };
    return JSON.stringify(snapshot);
  }

  #send(client: Client, text: string): void {
    this.#o.count('messages');
    client.sent = text.length;
    client.socket.send(text);
  }
}

function readClientMessage(text: string): ClientMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('type' in value)) return null;
  if (value.type === 'resync') return { type: 'resync' };
  if (value.type !== 'select' || !('drones' in value) || !Array.isArray(value.drones)) return null;
  const drones = value.drones.filter((id): id is string => typeof id === 'string');
  const brief = 'others' in value && value.others === 'brief';
  return { type: 'select', drones, ...(brief ? { others: 'brief' as const } : {}) };
}
