/**
 * Folds a text that is said again and again ("PreArm: …" each few seconds on some builds, a sensor in a loop) into one
 * with a count: the first goes at once, repeats within ten seconds of it are counted and told when the ten are over. Pure.
 */
import type { Sample } from '@skein/protocol/telemetry';

type Text = Sample & { kind: 'text' };

const WINDOW_US = 10_000_000;
/** Different texts remembered at once; a flood of different ones is passed on as it is. */
const MAX_TEXTS = 64;

export class TextFold {
  readonly #said = new Map<string, { sinceUs: number; repeats: number; last: Text }>();

  /** The texts to pass on now that this one came. */
  take(text: Text): readonly Text[] {
    const out = [...this.expire(text.monoUs)];
    const key = `${text.values.severity}/${text.values.text}`;
    const said = this.#said.get(key);
    if (said) {
      said.repeats++;
      said.last = text;
      return out;
    }
    if (this.#said.size < MAX_TEXTS) this.#said.set(key, { sinceUs: text.monoUs, repeats: 0, last: text });
    return [...out, text];
  }

  /** The counts whose ten seconds are over. */
  expire(monoUs: number): readonly Text[] {
    const out: Text[] = [];
    for (const [key, { sinceUs, repeats, last }] of this.#said) {
      if (monoUs - sinceUs < WINDOW_US) continue;
      this.#said.delete(key);
      if (repeats > 0) out.push({ ...last, values: { ...last.values, repeats: repeats - 1 } });
    }
    return out;
  }
}
