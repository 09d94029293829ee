/** The newest sample of each kind, and of each battery and satellite receiver. */
import type { KindName, Sample } from '@skein/protocol/telemetry';
import type { Seen } from './facts.ts';

/** An autopilot numbers its batteries and receivers from 0; more than these are damaged frames. */
const MAX_INSTANCES = 16;

export class LastSeen implements Seen {
  readonly #last = new Map<KindName, Sample>();
  readonly #batteries = new Map<number, Sample<'battery'>>();
  readonly #receivers = new Map<number, Sample<'gps'>>();

  take(sample: Sample): void {
    this.#last.set(sample.kind, sample);
    if (sample.kind === 'battery') keep(this.#batteries, sample.values.instance, sample);
    if (sample.kind === 'gps') keep(this.#receivers, sample.values.instance, sample);
  }

  /** What the autopilot said before it rebooted says nothing about now. */
  reset(): void {
    const { board, clock } = { board: this.#last.get('board'), clock: this.#last.get('clock') };
    this.#last.clear();
    this.#batteries.clear();
    this.#receivers.clear();
    if (board) this.#last.set('board', board);
    if (clock) this.#last.set('clock', clock);
  }

  of<K extends KindName>(kind: K): Sample<K> | null {
    return (this.#last.get(kind) as Sample<K> | undefined) ?? null;
  }

  batteries(): readonly Sample<'battery'>[] {
    return [...this.#batteries.values()];
  }

  receivers(): readonly Sample<'gps'>[] {
    return [...this.#receivers.values()];
  }
}

function keep<S>(into: Map<number, S>, instance: number | null, sample: S): void {
  const key = instance ?? 0;
  if (into.has(key) || into.size < MAX_INSTANCES) into.set(key, sample);
}
