/**
 * Sends the fleet to every page: one snapshot, then deltas, each serialised once for all.
 *
 *   4 Hz: source.drainChanges() ──► one text ──► every client that keeps up
 *                    └─► texts.ts: brief.ts ──► another, for those that asked for it, each with the drones it looks at
 *                                     └── a slow one is skipped; all it missed, once, when it has drained; closed when nothing leaves
 */
import type { BriefSource } from './brief.ts';
import { readClientMessage } from './client-message.ts';
import type { Board, DeltaMessage, DroneDelta, DroneEntry, Health, SnapshotMessage } from './messages.ts';
import { MOST_DRONES, piecesOf, type Reader, Texts } from './texts.ts';

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

interface Client extends Reader {
  readonly socket: LiveSocket;
  /** Takes a snapshot in several messages. */
  readonly pieces: boolean;
  selected: readonly string[];
  brief: boolean;
  moves: boolean;
  missedFrom: number | null;
  /** A snapshot instead of the next message. */
  anew: boolean;
  /** Characters of what was sent at once the last time, and the number of its last message. */
  sent: number;
  seq: number;
  /** Since when messages have been skipped; null: it keeps up. */
  behind: Behind | null;
}

interface Behind {
  readonly sinceUs: number;
  readonly leftAtUs: number;
  readonly waiting: number;
}

export class LiveHub {
  readonly #o: LiveHubOptions;
  readonly #clients = new Set<Client>();
  readonly #texts: Texts;
  /** Rounds that somebody was told of; numbers of messages follow it while a page keeps up. */
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
    this.#texts = new Texts(o.source);
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
  join(socket: LiveSocket, pieces = false): { message: (text: string) => void; gone: () => void } | null {
    if (this.#clients.size >= this.#o.maxClients) {
      this.#o.count('refused');
      socket.close(TRY_AGAIN_LATER, 'too many live connections');
      return null;
    }
    this.#o.count('clients');
    const client: Client = {
      ...{ socket, pieces, selected: [], brief: false, moves: false, sent: 0, seq: this.#seq },
      ...{ behind: null, missedFrom: null, anew: false },
    };
    this.#clients.add(client);
    this.#sendAll(client, this.#snapshot(client.pieces));
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
    this.#seq += 1;
    const news = {
      ...(this.#healthChanged ? { health: this.#health } : {}),
      ...(this.#boardChanged && this.#board ? { board: this.#board } : {}),
    };
    this.#healthChanged = false;
    this.#boardChanged = false;
    const serverUtcUs = this.#o.utcUs();
    const ready: Client[] = [];
    for (const client of this.#clients) {
      if (!this.#isSlow(client, now)) ready.push(client);
      else if (!client.anew) client.missedFrom ??= this.#seq;
    }
    const textFor = this.#texts.round(this.#seq, { drones, nowUs: now, serverUtcUs }, [...this.#clients]);
    const snapshots = new Map<boolean, readonly string[]>();
    for (const client of ready) {
      if (client.anew) {
        const snapshot = snapshots.get(client.pieces) ?? this.#snapshot(client.pieces);
        snapshots.set(client.pieces, snapshot);
        this.#sendAll(client, snapshot);
      } else {
        const told =
          client.missedFrom === null ? news : { health: this.#health, ...(this.#board && { board: this.#board }) };
        const messages = textFor(client).map((text, i) => {
          const about: Omit<DeltaMessage, 'drones'> = {
            ...{ type: 'delta', seq: client.seq + 1 + i, serverUtcUs },
            ...(i === 0 ? told : {}),
          };
          return `${JSON.stringify(about).slice(0, -1)},${text}}`;
        });
        this.#send(client, messages, client.seq + 1);
      }
      client.behind = null;
      client.missedFrom = null;
    }
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
      if (client.socket.bufferedAmount <= SKIP_BYTES) this.#sendAll(client, this.#snapshot(client.pieces));
      else client.anew = true;
      return;
    }
    const brief = message.others === 'brief';
    // What was held back of all others it would not be told before it changes again.
    if (client.brief && !brief) client.anew = true;
    // What it missed was noted as it was told then.
    if (client.brief !== brief && client.missedFrom !== null) client.anew = true;
    client.selected = message.drones.slice(0, MAX_SELECTED);
    client.brief = brief;
    client.moves = brief && message.moves === true;
    this.#select();
  }

  #select(): void {
    if (![...this.#clients].some(({ brief }) => brief)) this.#texts.noBriefs();
    this.#o.source.select(new Set([...this.#clients].flatMap((client) => client.selected)));
  }

  /** In one message, or in several that are taken in one by one. */
  #snapshot(pieces: boolean): readonly string[] {
    const { controller, limits } = this.#o;
    const serverUtcUs = this.#o.utcUs();
    const drones = this.#o.source.entries();
    const [first = [], ...others] = pieces ? piecesOf(drones, MOST_DRONES) : [drones];
    const snapshot: SnapshotMessage = {
      ...{ type: 'snapshot', seq: this.#seq, serverUtcUs },
      ...{ controller, limits, health: this.#health, ...(this.#board ? { board: this.#board } : {}) },
      drones: first,
      ...(others.length > 0 ? { more: true } : {}),
    };
    const rest = others.map((some, i): DeltaMessage => {
      return { type: 'delta', seq: this.#seq + i + 1, serverUtcUs, drones: some };
    });
    return [snapshot, ...rest].map((message) => JSON.stringify(message));
  }

  #sendAll(client: Client, snapshot: readonly string[]): void {
    client.missedFrom = null;
    client.anew = false;
    this.#send(client, snapshot, this.#seq);
  }

  /** `first`: the number of the first. */
  #send(client: Client, messages: readonly string[], first: number): void {
    this.#o.count('messages', messages.length);
    client.seq = first + messages.length - 1;
    client.sent = messages.reduce((sum, { length }) => sum + length, 0);
    for (const text of messages) client.socket.send(text);
  }
}
