/**
 * The alerts: of one class at most one is open about each drone (or order, or the controller itself), across restarts too.
 * Who says something of one is written down with it.
 */
import { type About, type Alert, keyOf, type Proposal, type Raise, type Retold } from './alert.ts';
import { Dismissals } from './dismissals.ts';
import type { Actor, Clock, Count, Held, Kept, Send } from './ports.ts';
import { isWorse } from './verdict.ts';

export interface AlertsOptions {
  readonly records: Kept<Alert>;
  readonly clock: Clock;
  readonly newId: (utcMs: number) => string;
  readonly send: Send;
  readonly count: Count;
  /** Something that people see has changed. */
  readonly onChange: () => void;
  /** An operator called it over; answers of which drones it is not to be raised again before they were well. */
  readonly onDismissed: (alert: Alert) => readonly string[];
  /** May a proposal still be carried out: null, or why not. */
  readonly against: (drone: string) => string | null;
}

export interface Refused {
  readonly ok: false;
  readonly code: 'unknown-alert' | 'alert-not-so' | 'store-unavailable';
  readonly detail: string;
}
export type Answer = { readonly ok: true; readonly alert: Held<Alert> } | Refused;

export const DETECTOR: Actor = { kind: 'controller', name: 'detector' };
/** Open at a time; past it a fleet has one trouble and not so many. */
const MAX_OPEN = 20_000;
/** Words that change are written down at most so often, µs. */
const RETOLD_US = 5e6;

export class Alerts {
  readonly #o: AlertsOptions;
  readonly dismissals: Dismissals;
  /** Ids of the open ones. */
  readonly #byKey = new Map<string, string>();
  readonly #ofDrone = new Map<string, Set<string>>();

  constructor(o: AlertsOptions) {
    this.#o = o;
    this.dismissals = new Dismissals({ records: o.records, by: DETECTOR, count: o.count });
  }

  /** Those that were open when the controller ended are open, and what was dismissed is. */
  async start(): Promise<void> {
    await this.dismissals.start();
    for (const held of this.#o.records.open()) this.#put(held.id, held.doc);
    this.#o.onChange();
  }

  get open(): readonly Held<Alert>[] {
    return [...this.#o.records.open()];
  }

  openOf(name: string, about: About): Held<Alert> | null {
    const id = this.#byKey.get(keyOf(name, about));
    return id === undefined ? null : this.#o.records.get(id);
  }

  /** Open ones of this drone. */
  about(drone: string): readonly Held<Alert>[] {
    return [...(this.#ofDrone.get(drone) ?? [])].flatMap((id) => this.#o.records.get(id) ?? []);
  }

  get(id: string): Promise<Held<Alert> | null> {
    return this.#o.records.find(id);
  }

  async list(q: { readonly open: boolean; readonly before?: string; readonly limit: number }) {
    const { before, limit } = q;
    if (!q.open) return this.#o.records.list({ limit, ...(before === undefined ? {} : { before }) });
    // Ids are ULIDs: they sort by time.
    return this.open
      .filter(({ id }) => before === undefined || id < before)
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, limit);
  }

  /** Opened, or worsened where it is open; its id, or null when there is no room. */
  raise({ class: name, severity, words, whatToDo, values, ...about }: Raise): string | null {
    const { clock, newId, count } = this.#o;
    const known = this.openOf(name, about);
    if (known !== null) {
      if (!isWorse(severity, known.doc.severity)) {
        if (gistOf(words) !== gistOf(known.doc.words) && clock.utcUs() - known.atUtcUs >= RETOLD_US)
          this.retold(name, about, { words, values });
        return known.id;
      }
      count('worsened');
      this.#change(known, 'worsened', { severity, words, evidence: values, state: 'raised', silenced: null }, DETECTOR);
      return known.id;
    }
    if (this.#byKey.size >= MAX_OPEN) {
      count('dropped');
      return null;
    }
    const utcUs = clock.utcUs();
    const id = newId(utcUs / 1e3);
    const alert: Alert = {
      ...{ class: name, severity, ...about, words, whatToDo, evidence: values, state: 'raised', raisedUtcUs: utcUs },
    };
    count('raised');
    this.#put(id, alert);
    this.#write([{ id, type: 'raised', set: alert, open: true, by: DETECTOR }]);
    return id;
  }

  /** Other words for what is open; nobody is called anew. */
  retold(name: string, about: About, { values, ...set }: Retold): void {
    const held = this.openOf(name, about);
    if (held === null) return;
    this.#o.count('retold');
    this.#change(held, 'retold', { ...set, evidence: values }, DETECTOR);
  }

  /** Another tells of it now, with others. */
  gather(name: string, about: About, into: string): void {
    const held = this.openOf(name, about);
    if (held === null) return;
    this.#o.count('gathered');
    this.#close(held, 'gathered', DETECTOR, { gathered: into });
  }

  /** It is over by itself. */
  clear(name: string, about: About): void {
    const held = this.openOf(name, about);
    if (held === null) return;
    this.#o.count('cleared');
    this.#close(held, 'cleared', DETECTOR);
  }

  offer(held: Held<Alert>, proposal: Proposal): void {
    this.#change(held, 'proposed', { proposal }, DETECTOR);
  }

  /** Somebody else flies it by now, or it stands. */
  lapse({ id, doc, ...held }: Held<Alert>): void {
    if (doc.proposal?.state === 'open')
      this.#change({ id, doc, ...held }, 'lapsed', { proposal: { state: 'lapsed' } }, DETECTOR);
  }

  /** Once a second: silences that are over. */
  tick(): void {
    const utcUs = this.#o.clock.utcUs();
    for (const held of this.open) {
      if (held.doc.state !== 'silenced' || (held.doc.silenced?.untilUtcUs ?? 0) > utcUs) continue;
      this.#change(held, 'heard-again', { state: 'raised', silenced: null }, DETECTOR);
    }
  }

  async acknowledge(id: string, by: Actor): Promise<Answer> {
    return this.#people(id, async (held) => {
      if (held.doc.state === 'acknowledged') return null;
      this.#o.count('acknowledged');
      const acknowledged = { by: by.name, atUtcUs: this.#o.clock.utcUs() };
      return this.#change(held, 'acknowledged', { state: 'acknowledged', acknowledged, silenced: null }, by);
    });
  }

  async silence(id: string, forS: number, by: Actor): Promise<Answer> {
    return this.#people(id, async (held) => {
      this.#o.count('silenced');
      const silenced = { by: by.name, untilUtcUs: this.#o.clock.utcUs() + Math.round(forS * 1e6) };
      return this.#change(held, 'silenced', { state: 'silenced', silenced }, by);
    });
  }

  /** The operator's word that it is over. */
  async dismiss(id: string, by: Actor): Promise<Answer> {
    return this.#people(id, async (held) => {
      this.#o.count('dismissed');
      const stillSo = this.#o.onDismissed(held.doc);
      this.dismissals.note(id, held.doc.class, stillSo);
      return this.#close(held, 'dismissed', by, stillSo.length === 0 ? {} : { stillSo });
    });
  }

  /** Issues what is proposed, in the operator's name. Asked again it is the same command. */
  async accept(id: string, by: Actor): Promise<Answer> {
    const held = await this.#o.records.find(id);
    if (held === null) return unknown(id);
    const { proposal, drone } = held.doc;
    if (proposal === undefined || drone === undefined) return notSo(`nothing is proposed at alert ${id}`);
    if (proposal.state === 'accepted') return { ok: true, alert: held };
    if (proposal.state !== 'open' || !held.open) {
      return notSo(
        `the proposal is ${held.open ? proposal.state : 'over, as its alert is'}: send ${proposal.type} by itself`,
      );
    }
    const against = this.#o.against(drone);
    if (against !== null) return notSo(against);
    return this.#carryOut(held, proposal, by, 'accepted');
  }

  /** Without being asked: only where the configuration says so. */
  async act(held: Held<Alert>): Promise<void> {
    const { proposal } = held.doc;
    if (proposal?.state !== 'open') return;
    // A database that cannot be read just now ends nothing: the proposal stays open, for people.
    await this.#carryOut(held, proposal, DETECTOR, 'acted').catch(() => this.#o.count('refused'));
  }

  async #carryOut(held: Held<Alert>, proposal: Proposal, by: Actor, state: 'accepted' | 'acted'): Promise<Answer> {
    const { send, count } = this.#o;
    const { id, doc } = held;
    const { type, params } = proposal;
    const sent = await send({ drone: doc.drone ?? '', type, params, by: by.name, key: `alert/${id}/${state}` });
    if (!sent.ok) {
      count('refused');
      return notSo(`${type} was refused: ${sent.words}`);
    }
    count(state);
    const now = this.#o.records.get(id) ?? held;
    const command = { proposal: { state, by: by.name, command: sent.command } };
    const written = await this.#change(now, state, command, by);
    return written ? this.#answer(id) : NOT_STORED;
  }

  async #people(id: string, run: (held: Held<Alert>) => Promise<boolean | null>): Promise<Answer> {
    const held = await this.#o.records.find(id);
    if (held === null) return unknown(id);
    if (!held.open) return notSo(`alert ${id} is over`);
    return (await run(held)) === false ? NOT_STORED : this.#answer(id);
  }

  #answer(id: string): Answer {
    const alert = this.#o.records.get(id);
    return alert === null ? unknown(id) : { ok: true, alert };
  }

  #close(
    held: Held<Alert>,
    type: 'cleared' | 'dismissed' | 'gathered',
    by: Actor,
    more: Partial<Alert> = {},
  ): Promise<boolean> {
    const { id, doc } = held;
    const lapsed =
      doc.proposal?.state === 'open' ? { proposal: { state: type === 'dismissed' ? type : 'lapsed' } } : {};
    const set = {
      state: 'cleared',
      cleared: { by: by.name, atUtcUs: this.#o.clock.utcUs() },
      silenced: null,
      ...lapsed,
      ...more,
    };
    this.#byKey.delete(keyOf(doc.class, doc));
    if (doc.drone !== undefined) {
      const left = this.#ofDrone.get(doc.drone);
      left?.delete(id);
      if (left?.size === 0) this.#ofDrone.delete(doc.drone);
    }
    return this.#write([{ id, type, set, open: false, by }]);
  }

  #put(id: string, doc: Alert): void {
    this.#byKey.set(keyOf(doc.class, doc), id);
    if (doc.drone === undefined) return;
    const known = this.#ofDrone.get(doc.drone) ?? new Set();
    this.#ofDrone.set(doc.drone, known.add(id));
  }

  #change({ id }: Held<Alert>, type: string, set: object, by: Actor): Promise<boolean> {
    return this.#write([{ id, type, set, by }]);
  }

  #write(changes: Parameters<Kept<Alert>['write']>[0]): Promise<boolean> {
    const writing = this.#o.records.write(changes).then((durable) => {
      if (!durable) this.#o.count('late');
      return durable;
    });
    this.#o.onChange();
    return writing;
  }
}

/** The words without their figures: those go on changing, and are no news. */
const gistOf = (words: string): string => words.replace(/[\d.]+/g, '#');

const NOT_STORED: Refused = {
  ...{ ok: false, code: 'store-unavailable' },
  detail: 'not certain: it could not be written down in time, and is still being tried; look at the alert again',
};

function unknown(id: string): Refused {
  return { ok: false, code: 'unknown-alert', detail: `"${id}"` };
}

function notSo(detail: string): Refused {
  return { ok: false, code: 'alert-not-so', detail };
}
