/**
 * Ground stations that reach the autopilot through the agent.
 *
 *   vehicle link ─every frame─▶ endpoint ─▶ peer ─▶ station
 *        ▲                                   │ gate: passes, answers, keeps
 *        └──── share of the line ◀───────────┘ wishes ─▶ the fastest is asked for by us
 */
import type { Frame } from '@skein/protocol/mavlink';
import { type Carrier, linkCarrier, type StationLink, tcpCarrier } from './carrier.ts';
import {
  Endpoint,
  type EndpointPorts,
  type EndpointStatus,
  type StationMode,
  type StationSettings,
} from './endpoint.ts';
import { fastest, type Wish } from './wishes.ts';

const DEFAULTS = { mode: 'listen', sharePct: 20, unlockMinutes: 15 } as const;
const MAX_MINUTES = 240;

/** As it stands in the settings: a URL, or a table. */
export type StationEntry =
  | string
  | {
      readonly url: string;
      readonly name?: string;
      readonly mode?: StationMode;
      readonly sharePct?: number;
      readonly unlockMinutes?: number;
    };

export interface StationsOptions extends Omit<EndpointPorts, 'onWishes'> {
  readonly entries: readonly StationEntry[];
  /** For udpin, udpout and memory; may throw on a URL that is none. */
  readonly createLink: (url: string) => StationLink;
  /** What all stations together want to hear; asked for by whoever keeps the intervals. */
  readonly onWishes: (wishes: readonly Wish[]) => void;
  readonly onEvent: (event: 'unlocked' | 'locked', station: string) => void;
}

export type StationsRefusal = 'no-such-station' | 'which-station' | 'listen-only' | 'bad-minutes';
export type StationsAnswer =
  | { readonly ok: true; readonly station: string; readonly leftMs: number | null }
  | { readonly ok: false; readonly code: StationsRefusal; readonly message: string };

export function settingsOf(entries: readonly StationEntry[]): StationSettings[] {
  return entries.map((entry, index) => {
    const table = typeof entry === 'string' ? { url: entry } : entry;
    return { name: `station-${index + 1}`, ...DEFAULTS, ...table };
  });
}

function carrierOf({ url }: StationSettings, createLink: (url: string) => StationLink): Carrier {
  const tcp = /^tcp:\/\/(?:\[([0-9a-fA-F:.]+)\]|([^:/]*)):(\d{1,5})\/?$/.exec(url);
  if (tcp === null) return linkCarrier(createLink(url), url);
  return tcpCarrier(tcp[1] ?? (tcp[2] === '' ? '0.0.0.0' : (tcp[2] ?? '0.0.0.0')), Number(tcp[3]));
}

export class Stations {
  readonly #o: StationsOptions;
  readonly #endpoints: readonly Endpoint[];
  #wishes = '[]';
  #unlocked = new Set<string>();

  constructor(o: StationsOptions) {
    this.#o = o;
    const ports: EndpointPorts = { ...o, onWishes: () => this.#tellWishes() };
    this.#endpoints = settingsOf(o.entries).map(
      (settings) => new Endpoint(settings, ports, carrierOf(settings, o.createLink)),
    );
  }

  start(): void {
    for (const endpoint of this.#endpoints) endpoint.start();
  }

  /** Every frame that came over the vehicle's link. */
  heard(frame: Frame): void {
    for (const endpoint of this.#endpoints) endpoint.heard(frame);
  }

  /** Call every 100 ms. */
  tick(): void {
    for (const endpoint of this.#endpoints) {
      endpoint.tick();
      const { name } = endpoint.settings;
      if (endpoint.unlockedLeftMs === null && this.#unlocked.delete(name)) this.#o.onEvent('locked', name);
    }
  }

  #tellWishes(): void {
    const wishes = fastest(this.#endpoints.map((endpoint) => endpoint.wishes));
    const text = JSON.stringify(wishes);
    if (text === this.#wishes) return;
    this.#wishes = text;
    this.#o.onWishes(wishes);
  }

  /** Without a name: the only one that can be. `minutes` null: as its settings say. */
  unlock(name: string | null, minutes: number | null): StationsAnswer {
    const found = this.#find(name);
    if ('ok' in found) return found;
    const asked = minutes ?? found.settings.unlockMinutes;
    if (!(asked > 0 && asked <= MAX_MINUTES)) {
      return { ok: false, code: 'bad-minutes', message: `between 0 and ${MAX_MINUTES} minutes, not ${asked}` };
    }
    if (!found.unlock(asked)) {
      const message = `${found.settings.name} only listens; set its mode = "control" and restart the agent`;
      return { ok: false, code: 'listen-only', message };
    }
    this.#unlocked.add(found.settings.name);
    this.#o.onEvent('unlocked', found.settings.name);
    return { ok: true, station: found.settings.name, leftMs: found.unlockedLeftMs };
  }

  lock(name: string | null): StationsAnswer {
    const found = this.#find(name);
    if ('ok' in found) return found;
    found.lock();
    return { ok: true, station: found.settings.name, leftMs: null };
  }

  #find(name: string | null): Endpoint | Extract<StationsAnswer, { ok: false }> {
    const names = this.#endpoints.map(({ settings }) => settings.name);
    const known = names.length === 0 ? 'no [[station]] is set' : `there are ${names.join(', ')}`;
    if (name !== null) {
      const found = this.#endpoints.find(({ settings }) => settings.name === name);
      return found ?? { ok: false, code: 'no-such-station', message: `no station is called ${name}; ${known}` };
    }
    const able = this.#endpoints.filter(({ settings }) => settings.mode === 'control');
    const [only] = able;
    if (only !== undefined && able.length === 1) return only;
    if (only === undefined) {
      return { ok: false, code: 'listen-only', message: `no station has mode = "control"; ${known}` };
    }
    return { ok: false, code: 'which-station', message: `say which; ${known}` };
  }

  status(): readonly EndpointStatus[] {
    return this.#endpoints.map((endpoint) => endpoint.status());
  }

  async close(): Promise<void> {
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.close()));
  }
}
