/** What happened, in words; bounded: what is important is kept before what is not. */
import type { SEVERITIES } from '../telemetry/index.ts';

export type Importance = 'plain' | 'attention' | 'danger';

export interface Happening {
  readonly utcUs: number;
  readonly importance: Importance;
  /** Who says so: autopilot, mode, control, order … */
  readonly who: string;
  readonly words: string;
}

const MAX_EACH = 300;
const MAX_CHARACTERS = 400;
/** The same again so soon is a repetition on the wire, µs. */
const AGAIN_US = 2e6;

export function importanceOf(severity: (typeof SEVERITIES)[number] | null | undefined): Importance {
  if (severity === 'emergency' || severity === 'alert' || severity === 'critical') return 'danger';
  return severity === 'error' || severity === 'warning' ? 'attention' : 'plain';
}

export class Happenings {
  readonly #kept: Record<Importance, Happening[]> = { plain: [], attention: [], danger: [] };
  /** What each said last, and of what. */
  readonly #last = new Map<string, { readonly utcUs: number; readonly said: string }>();
  leftOut = 0;

  /** `of`: two that are told in the same words are two. */
  add(utcUs: number, who: string, words: string, importance: Importance = 'plain', of = ''): void {
    const last = this.#last.get(who);
    const said = `${of} ${words}`;
    this.#last.set(who, { utcUs, said });
    if (who !== 'autopilot' && last?.said === said && utcUs - last.utcUs <= AGAIN_US) return;
    const list = this.#kept[importance];
    if (list.length >= MAX_EACH) {
      this.leftOut++;
      return;
    }
    const short = words.length > MAX_CHARACTERS ? `${words.slice(0, MAX_CHARACTERS)}…` : words;
    list.push({ utcUs, importance, who, words: short });
  }

  inOrder(): readonly Happening[] {
    return Object.values(this.#kept)
      .flat()
      .sort((a, b) => a.utcUs - b.utcUs);
  }
}
