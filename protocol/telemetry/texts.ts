/**
 * STATUSTEXT → whole texts. A long text comes in chunks of 50 bytes under one id; the chunk that is not full ends it.
 * A chunk that never comes must not hold a warning back: an unfinished text is given out, with `…` where a part is
 * missing, as soon as another text begins or `expire` is called after the time a chunk may take.
 */
import type { Messages } from '../mavlink/index.ts';
import { SEVERITIES } from './choices.ts';
import type { Sample, Values } from './kinds.ts';
import { sample } from './sampler.ts';

const CHUNK_LENGTH = 50;
const PATIENCE_US = 1_000_000;

interface Pending {
  readonly id: number;
  readonly severity: number;
  readonly monoUs: number;
  readonly parts: Map<number, string>;
}

export class StatusTexts {
  #pending: Pending | null = null;

  /** The texts that are complete with this message, in order. */
  take(f: Messages['STATUSTEXT'], monoUs: number): Sample[] {
    const id = f.id ?? 0;
    if (id === 0) return [...this.#giveUp(), whole(f.severity, f.text, monoUs)];
    // The same part of the same id again is another text: the autopilot restarted, or its ids came round.
    const other = this.#pending?.id !== id || this.#pending.parts.has(f.chunk_seq ?? 0);
    const out = other ? this.#giveUp() : [];
    this.#pending ??= { id, severity: f.severity, monoUs, parts: new Map() };
    this.#pending.parts.set(f.chunk_seq ?? 0, f.text);
    return f.text.length < CHUNK_LENGTH ? [...out, ...this.#giveUp()] : out;
  }

  /** Call now and then: gives out a text whose next chunk is overdue. */
  expire(monoUs: number): Sample[] {
    return this.#pending !== null && monoUs - this.#pending.monoUs > PATIENCE_US ? this.#giveUp() : [];
  }

  #giveUp(): Sample[] {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null) return [];
    const last = Math.max(...pending.parts.keys());
    const parts = Array.from({ length: last + 1 }, (_, i) => pending.parts.get(i) ?? '…');
    return [whole(pending.severity, parts.join(''), pending.monoUs)];
  }
}

function whole(severity: number, text: string, monoUs: number): Sample {
  const name: Values<'text'>['severity'] = SEVERITIES[severity] ?? 'debug';
  return sample('text', { monoUs, bootMs: null }, { severity: name, text, repeats: 0 });
}
