/** Webhooks in core.db, in the same file as the events they follow: of one instant with them in every backup. */
import type { Database } from 'better-sqlite3';
import type { DeadLetter, DeadLetterPick, DeadLetterQuery, WebhookState, WebhookStep } from './webhook-port.ts';

interface Row {
  readonly name: string;
  readonly position: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly disabled: string | null;
  readonly dead: number;
}

const SELECT = `SELECT name, position, delivered, dropped, disabled,
  (SELECT count(*) FROM dead_letter WHERE webhook = name) AS dead FROM webhook`;

export class WebhookTable {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  all(): WebhookState[] {
    return this.#db.prepare<[], Row>(`${SELECT} ORDER BY name`).all();
  }

  save({ name, position, delivered = 0, dead, retried, buried, disabled, mostDead }: WebhookStep): WebhookState {
    return this.#db
      .transaction(() => {
        this.#db
          .prepare(
            `INSERT INTO webhook (name, position, delivered, dropped, disabled) VALUES (@name, @position, @delivered, 0, NULL)
             ON CONFLICT DO UPDATE SET position = max(position, excluded.position), delivered = delivered + excluded.delivered`,
          )
          .run({ name, position: position ?? 0, delivered });
        if (disabled !== undefined) {
          this.#db.prepare('UPDATE webhook SET disabled = ? WHERE name = ?').run(disabled, name);
        }
        if (buried !== undefined) {
          this.#db.prepare('DELETE FROM dead_letter WHERE webhook = ? AND event = ?').run(name, buried);
        }
        if (retried !== undefined) this.#retried(name, retried);
        if (dead !== undefined) this.#keep(name, dead, mostDead);
        const row = this.#db.prepare<[string], Row>(`${SELECT} WHERE name = ?`).get(name);
        if (row === undefined) throw new Error(`webhook ${name} was just written and is not there`);
        return row;
      })
      .immediate();
  }

  list({ name, afterEvent, limit, resend }: DeadLetterQuery): DeadLetter[] {
    const only = resend === undefined ? '' : `AND resend = ${resend ? 1 : 0}`;
    const rows = this.#db
      .prepare(
        `SELECT event, at_us AS atUtcUs, tries, reason, resend FROM dead_letter
         WHERE webhook = ? AND event > ? ${only} ORDER BY event LIMIT ?`,
      )
      .all(name, afterEvent, limit) as (Omit<DeadLetter, 'resend'> & { readonly resend: number })[];
    return rows.map((row) => ({ ...row, resend: row.resend === 1 }));
  }

  resend(pick: DeadLetterPick): number {
    return this.#each('UPDATE dead_letter SET resend = 1', pick);
  }

  discard(pick: DeadLetterPick): number {
    return this.#each('DELETE FROM dead_letter', pick);
  }

  #each(what: string, { name, events }: DeadLetterPick): number {
    if (events === null) return this.#db.prepare(`${what} WHERE webhook = ?`).run(name).changes;
    const one = this.#db.prepare(`${what} WHERE webhook = ? AND event = ?`);
    return this.#db.transaction(() => events.reduce((sum, event) => sum + one.run(name, event).changes, 0)).immediate();
  }

  #retried(name: string, { event, atUtcUs, tries, reason, resend }: DeadLetter): void {
    this.#db
      .prepare('UPDATE dead_letter SET at_us = ?, tries = ?, reason = ?, resend = ? WHERE webhook = ? AND event = ?')
      .run(atUtcUs, tries, reason, resend ? 1 : 0, name, event);
  }

  #keep(name: string, { event, atUtcUs, tries, reason, resend }: DeadLetter, most: number): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO dead_letter VALUES (?, ?, ?, ?, ?, ?)')
      .run(name, event, atUtcUs, tries, reason, resend ? 1 : 0);
    const { changes } = this.#db
      .prepare(
        `DELETE FROM dead_letter WHERE webhook = @name AND event <=
           (SELECT event FROM dead_letter WHERE webhook = @name ORDER BY event DESC LIMIT 1 OFFSET @most)`,
      )
      .run({ name, most });
    if (changes > 0) this.#db.prepare('UPDATE webhook SET dropped = dropped + ? WHERE name = ?').run(changes, name);
  }
}
