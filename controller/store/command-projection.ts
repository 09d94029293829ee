/**
 * Commands and their deliveries as people query them, kept by the events of `command:<id>` in the same transaction:
 *
 *   issued    {command, deliveries, key?}   rows of the command and of each delivery as it begins
 *   decided   {}                            the mark `undecided` of the command goes
 *   delivery  {drone, by, cause, set}       fields that have changed; with a `state`, one step more
 *
 * Nothing here is the truth: `rebuild` makes all of it again from the events.
 */
import { DELIVERY_STATES, isFinal } from '@skein/protocol/fleet/delivery-states';
import type { Database } from 'better-sqlite3';
import type { CommandQuery, CommandState, DeliveryState, KeyUse, NewEvent, StoredEvent } from './port.ts';

/** Steps kept of one delivery. */
const MAX_STEPS = 50;
/** Keys outlive their day by another, then they go. */
const KEYS_KEPT_US = 2 * 86_400e6;

type Body = Record<string, unknown>;

export class CommandProjection {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Part of the transaction that stores the event. */
  take(event: Pick<StoredEvent, 'entity' | 'type' | 'data'> & Pick<NewEvent, 'atUtcUs'>): void {
    if (!event.entity.startsWith('command:')) return;
    const id = event.entity.slice('command:'.length);
    if (event.type === 'issued') this.#issued(id, event.data, event.atUtcUs);
    else if (event.type === 'decided') this.#decided(id);
    else if (event.type === 'delivery') this.#delivery(id, event.data);
  }

  #issued(id: string, data: Readonly<Body>, atUtcUs: number): void {
    const { command, deliveries, key } = data as { command: Body; deliveries: Body[]; key?: Body };
    this.#db.prepare('INSERT OR REPLACE INTO command (id, body) VALUES (?, ?)').run(id, JSON.stringify(command));
    deliveries.forEach((body, place) => {
      this.#put(id, place, body);
    });
    if (key === undefined) return;
    this.#db
      .prepare('INSERT OR REPLACE INTO command_key (key, hash, command, at_us) VALUES (?, ?, ?, ?)')
      .run(key.key, key.hash, id, atUtcUs);
    this.#db.prepare('DELETE FROM command_key WHERE at_us < ?').run(atUtcUs - KEYS_KEPT_US);
  }

  #decided(id: string): void {
    const body = this.#db.prepare('SELECT body FROM command WHERE id = ?').pluck().get(id) as string | undefined;
    if (body === undefined) return;
    const { undecided: _, ...command } = JSON.parse(body) as Body;
    this.#db.prepare('UPDATE command SET body = ? WHERE id = ?').run(JSON.stringify(command), id);
  }

  #delivery(id: string, data: Readonly<Body>): void {
    const { drone, by, set } = data as { drone: string; by: string; set: Body };
    const known = this.#db.prepare('SELECT place, body FROM delivery WHERE command = ? AND drone = ?').get(id, drone) as
      | { place: number; body: string }
      | undefined;
    if (known === undefined) {
      // An answer of a drone it was never meant for: the whole delivery is in `set`.
      const place = this.#db.prepare('SELECT count(*) FROM delivery WHERE command = ?').pluck().get(id);
      this.#put(id, Number(place), set);
      return;
    }
    const body = { ...JSON.parse(known.body), ...set };
    if (set.state !== undefined) {
      const { state, reason, detail, atUtcUs } = body;
      const steps = body.steps.length < MAX_STEPS ? body.steps : [body.steps[0], ...body.steps.slice(2)];
      body.steps = [...steps, { state, reason, detail, atUtcUs, by }];
    } else if (set.detail !== undefined && body.steps.length > 0) {
      const last = body.steps.at(-1);
      body.steps = [...body.steps.slice(0, -1), { ...last, detail: set.detail }];
    }
    this.#put(id, known.place, body);
  }

  #put(id: string, place: number, body: Body): void {
    const state = DELIVERY_STATES.find((one) => one === body.state);
    const open = state !== undefined && !isFinal(state) ? 1 : 0;
    this.#db
      .prepare('INSERT OR REPLACE INTO delivery (command, drone, place, open, body) VALUES (?, ?, ?, ?, ?)')
      .run(id, body.drone, place, open, JSON.stringify(body));
  }
}

/** Reads of the projection, from any connection. */
export function commandOf(db: Database, id: string): CommandState | null {
  const body = db.prepare('SELECT body FROM command WHERE id = ?').pluck().get(id) as string | undefined;
  if (body === undefined) return null;
  const deliveries = db.prepare('SELECT body FROM delivery WHERE command = ? ORDER BY place').pluck().all(id);
  return { command: { id, ...JSON.parse(body) }, deliveries: (deliveries as string[]).map(parse) };
}

/** One answer holds no more deliveries, but for those of its last command; the rest comes with `before`. */
const MAX_DELIVERIES = 20_000;

/** Newest first: ids are ULIDs, which sort by time. */
export function commandsOf(db: Database, { drone, before, limit }: CommandQuery): CommandState[] {
  // `~` sorts after every letter a ULID has.
  const args = [before ?? '~', limit];
  const ids =
    drone === undefined
      ? db.prepare('SELECT id FROM command WHERE id < ? ORDER BY id DESC LIMIT ?').pluck().all(args)
      : db
          .prepare('SELECT command FROM delivery WHERE drone = ? AND command < ? ORDER BY command DESC LIMIT ?')
          .pluck()
          .all(drone, ...args);
  const found: CommandState[] = [];
  let deliveries = 0;
  for (const id of ids as string[]) {
    const one = commandOf(db, id);
    if (one === null) continue;
    found.push(one);
    deliveries += one.deliveries.length;
    if (deliveries >= MAX_DELIVERIES) break;
  }
  return found;
}

export function openCommands(db: Database): CommandState[] {
  const ids = db.prepare('SELECT DISTINCT command FROM delivery WHERE open = 1 ORDER BY command').pluck().all();
  return (ids as string[]).flatMap((id) => commandOf(db, id) ?? []);
}

/** The newest of each drone; of each command only that delivery. */
export function recentDeliveries(db: Database, perDrone: number): CommandState[] {
  const newest = db.prepare(
    `SELECT d.command AS id, c.body AS command, d.body AS delivery FROM delivery d JOIN command c ON c.id = d.command
     WHERE d.drone = ? ORDER BY d.command DESC LIMIT ?`,
  );
  const drones = db.prepare('SELECT DISTINCT drone FROM delivery').pluck().all() as string[];
  return drones.flatMap((drone) =>
    (newest.all(drone, perDrone) as { id: string; command: string; delivery: string }[]).map((row) => ({
      command: { id: row.id, ...JSON.parse(row.command) },
      deliveries: [parse(row.delivery)],
    })),
  );
}

export function commandKeys(db: Database, q: { readonly sinceUtcUs: number; readonly limit: number }): KeyUse[] {
  return db
    .prepare(
      'SELECT key, hash, command, at_us AS atUtcUs FROM command_key WHERE at_us >= ? ORDER BY at_us DESC LIMIT ?',
    )
    .all(q.sinceUtcUs, q.limit) as KeyUse[];
}

function parse(text: string): DeliveryState {
  return JSON.parse(text);
}
