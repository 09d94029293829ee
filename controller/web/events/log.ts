/**
 * The events on screen: searched from the newest back, a bounded part at a time, and kept current by asking for what is newer
 * than the newest looked at, with the same filter. Whatever comes for an earlier filter is thrown away.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import { type Asked, ask, failed } from '../shell/ask.ts';
import { type LoggedEvent, readAnswer, type SearchAnswer } from './event.ts';
import { askedOf, type Filter } from './filter.ts';

const PAGE = 100;
/** New ones at once; if more came, the list begins anew. */
const NEW_PAGE = 200;
/** Searches in a row without being asked: some hundred thousand events. Then the reader says whether to go on. */
const IN_A_ROW = 6;
/** Kept on screen. */
export const MOST = 5000;

export interface LogState {
  readonly busy: 'first' | 'further' | null;
  /** Where the search goes on; null: all that was asked for was looked at. */
  readonly next: string | null;
  readonly searchedToMs: number | null;
  /** Why the search stopped, in words. */
  readonly trouble: string | null;
  /** It is searched on by itself: the controller did not say no, it did not answer. */
  readonly again: boolean;
  /** Why it is not known whether there are newer ones. */
  readonly newTrouble: string | null;
  /** `performance.now()` as of which nothing newer is missing. */
  readonly asOfMonoMs: number | null;
  /** More than these are not kept. */
  readonly full: boolean;
}

const BLANK: LogState = {
  ...{
    busy: 'first',
    next: null,
    searchedToMs: null,
    trouble: null,
    again: false,
    newTrouble: null,
    asOfMonoMs: null,
    full: false,
  },
};

export interface LogPorts {
  readonly read: (path: string) => Promise<Asked<SearchAnswer>>;
  readonly monoMs: () => number;
}

export interface EventLog {
  /** Newest first. */
  readonly events: ReadonlySignal<readonly LoggedEvent[]>;
  readonly state: ReadonlySignal<LogState>;
  /** Throws away what there is, and begins with the newest. */
  start(filter: Filter): Promise<void>;
  /** Searches on from where the last search stopped. */
  further(): Promise<void>;
  /** Asks for what is newer; where the search stopped without an answer, searches on first. */
  look(): Promise<void>;
}

async function readOver(path: string): Promise<Asked<SearchAnswer>> {
  const asked = await ask(path, {});
  if (!asked.ok) return asked;
  const value = readAnswer(asked.value);
  return value === null
    ? failed(null, 'The controller answered with something that is no event log.', true)
    : { ok: true, value };
}

export function createLog({ read, monoMs }: LogPorts = { read: readOver, monoMs: () => performance.now() }): EventLog {
  const events = signal<readonly LoggedEvent[]>([]);
  const state = signal<LogState>(BLANK);
  let filter: Filter | null = null;
  let newest: string | null = null;
  let turn = 0;
  const put = (more: Partial<LogState>): void => {
    state.value = { ...state.peek(), ...more };
  };

  async function search(of: Filter, mine: number): Promise<void> {
    const had = events.peek().length;
    for (let round = 0; round < IN_A_ROW; round += 1) {
      const before = state.peek().next;
      const isFirst = state.peek().asOfMonoMs === null;
      const atMs = monoMs();
      const asked = await read(askedOf(of, { limit: PAGE, ...(before === null ? {} : { before }) }));
      if (mine !== turn) return;
      if (!asked.ok) return put({ busy: null, trouble: asked.trouble.words, again: asked.trouble.open });
      const { value } = asked;
      if (isFirst) newest = value.newest;
      events.value = [...events.peek(), ...value.events].slice(0, MOST);
      const full = events.peek().length >= MOST;
      put({ next: value.next, searchedToMs: value.searchedToMs, full, ...(isFirst ? { asOfMonoMs: atMs } : {}) });
      if (value.next === null || full || events.peek().length - had >= PAGE / 2) break;
    }
    put({ busy: null });
  }

  return {
    events,
    state,
    async start(of) {
      filter = of;
      newest = null;
      events.value = [];
      state.value = BLANK;
      turn += 1;
      await search(of, turn);
    },
    async further() {
      const { busy, next, full, trouble, asOfMonoMs } = state.peek();
      const mayGoOn = (next !== null && !full) || (trouble !== null && asOfMonoMs === null);
      if (filter === null || busy !== null || !mayGoOn) return;
      put({ busy: asOfMonoMs === null ? 'first' : 'further', trouble: null, again: false });
      await search(filter, turn);
    },
    async look() {
      if (filter === null || state.peek().busy !== null) return;
      if (state.peek().again) return this.further();
      if (state.peek().asOfMonoMs === null) return;
      const mine = turn;
      const atMs = monoMs();
      const asked = await read(askedOf(filter, { limit: NEW_PAGE, ...(newest === null ? {} : { after: newest }) }));
      if (mine !== turn) return;
      if (!asked.ok) return put({ newTrouble: asked.trouble.words });
      const { value } = asked;
      // Between these and those on screen some are missing.
      if (value.next !== null && newest !== null) return this.start(filter);
      newest = value.newest ?? newest;
      put({ newTrouble: null, asOfMonoMs: atMs });
      if (value.events.length === 0) return;
      const all = [...value.events, ...events.peek()];
      events.value = all.slice(0, MOST);
      if (all.length >= MOST) put({ full: true, next: all[MOST - 1]?.cursor ?? null });
    },
  };
}
