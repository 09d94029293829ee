/**
 * What is kept of what an agent and a controller say to each other: enough of each kind of message, and of the batches all
 * from the first number on, each once. However busy the machine is, a recording can be played to a controller that has
 * nothing: no lane in it begins in its middle because its beginning was acked before, and nothing comes twice because an
 * ack was late.
 */
import { longJson } from '@skein/protocol/fleet';
import { type Expand, isDensePack, isLiveDelta, isPack, openMessage, PACKS } from '@skein/protocol/telemetry';
import type { Recorded } from './recording.ts';

/** Of these the first ones say all there is to say. */
const MOST: Readonly<Record<string, number>> = { live: 16, time: 4, ack: 16, presence: 6 };
/** So many live deltas reach over the one that says every kind, each 10 s. */
const DELTAS = 12;
const DENSE = 2;

export class Transcript {
  readonly #expand: Expand;
  readonly #said: Recorded[] = [];
  readonly #counts = new Map<string, number>();
  /** Of each lane of each epoch the last number said. */
  readonly #upTo = new Map<string, number>();
  /** Lanes with a number missing. */
  readonly #holes = new Set<string>();
  readonly #forms = new Map<string, number>();
  #words = '';

  constructor(expand: Expand) {
    this.#expand = expand;
  }

  get said(): readonly Recorded[] {
    return this.#said;
  }

  take(topic: string, payload: Uint8Array): void {
    const [direction, channel] = topic.split('/').slice(-2);
    if ((direction !== 'up' && direction !== 'down') || channel === undefined) return;
    const isBatches = channel === 'urgent' || channel === 'history';
    if (isBatches && !this.#isNew(payload)) return;
    const count = (this.#counts.get(`${direction}/${channel}`) ?? 0) + 1;
    this.#counts.set(`${direction}/${channel}`, count);
    if (count > (MOST[channel] ?? Number.POSITIVE_INFINITY)) return;
    const text = Buffer.from(longJson(payload, this.#expand) ?? payload);
    const isJson = text[0] === 0x7b;
    if (channel === 'ack') this.#words += text.toString('utf8');
    const form = isLiveDelta(payload) ? 'delta' : isDensePack(payload) ? 'dense' : isPack(payload) ? 'pack' : 'plain';
    this.#forms.set(form, (this.#forms.get(form) ?? 0) + 1);
    this.#said.push({ topic, ...(isJson ? { json: text.toString('utf8') } : { hex: text.toString('hex') }) });
  }

  /** Something in it was not said yet. */
  #isNew(payload: Uint8Array): boolean {
    const opened = openMessage(payload, this.#expand);
    if (!opened.ok) throw new Error(`a message that cannot be recorded: ${opened.reason}`);
    let isNew = false;
    for (const { header, gap } of opened.envelopes) {
      const lane = `${header.epoch}/${header.lane}`;
      const upTo = this.#upTo.get(lane) ?? 0;
      if (header.seq > upTo + 1) this.#holes.add(lane);
      const to = gap?.to ?? header.seq;
      if (to <= upTo) continue;
      isNew = true;
      this.#upTo.set(lane, to);
    }
    return isNew;
  }

  /** What a recording is still without; empty: it is whole. */
  get missing(): readonly string[] {
    const has = (form: string) => this.#forms.get(form) ?? 0;
    const epochs = new Set([...this.#upTo.keys()].map((lane) => lane.split('/')[0]));
    const wanted: readonly (readonly [string, boolean])[] = [
      ['two epochs', epochs.size > 1],
      ['a pack', has('pack') > 0],
      [`${DENSE} dense packs`, has('dense') >= DENSE],
      [`${DELTAS} live deltas`, has('delta') >= DELTAS],
      ...PACKS.map((word) => [`an ack that says ${word}`, this.#words.includes(`"${word}"`)] as const),
      ...['up/urgent', 'down/time', 'down/hello', 'down/command'].map(
        (channel) => [channel, this.#counts.has(channel)] as const,
      ),
    ];
    return wanted.flatMap(([what, isThere]) => (isThere ? [] : [what]));
  }

  /** Lanes whose beginning, or something between, was not said here. */
  get holes(): readonly string[] {
    return [...this.#holes];
  }
}
