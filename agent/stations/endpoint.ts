/** One `[[station]]` of the settings: its carrier, the stations connected there, whether it may change the vehicle, its share. */
import type { Frame } from '@skein/protocol/mavlink';
import type { CarriedPeer, Carrier } from './carrier.ts';
import { noCounts, type PeerCounters, type PeerOptions, StationPeer } from './peer.ts';
import type { Wish } from './wishes.ts';

export type StationMode = 'listen' | 'control';

export interface StationSettings {
  readonly name: string;
  readonly url: string;
  readonly mode: StationMode;
  readonly sharePct: number;
  readonly unlockMinutes: number;
}

/** What all end points need of the agent. */
export type EndpointPorts = Pick<PeerOptions, 'nowMs' | 'vehicle' | 'groundLock' | 'toAutopilot' | 'onWishes'> & {
  /** What the line to the autopilot carries. */
  readonly lineBytesPerS: () => number;
  readonly onWrite: (station: string, from: { readonly sysid: number; readonly compid: number }, what: string) => void;
};

export interface EndpointStatus {
  readonly name: string;
  readonly url: string;
  readonly mode: StationMode;
  readonly open: boolean;
  readonly problem: string | null;
  /** Left of its right to change the vehicle; null: it has none now. */
  readonly unlockedLeftMs: number | null;
  /** Stations heard within the last half minute. */
  readonly heard: number;
  readonly stations: readonly object[];
  readonly counters: Readonly<PeerCounters> & { readonly refused: number };
}

/** Unused share is saved for so long, so that a burst of requests goes out at once. */
const BURST_MS = 1_000;
const MIN_BURST_BYTES = 1_024;

export class Endpoint {
  readonly settings: StationSettings;
  readonly #ports: EndpointPorts;
  readonly #carrier: Carrier;
  readonly #peers = new Set<StationPeer>();
  readonly #counters = noCounts();
  #unlockedUntilMs: number | null = null;
  #tokens = MIN_BURST_BYTES;
  #tokensMs: number;
  /** A UDP end point that waits has nobody to send to until somebody spoke. */
  readonly #waits: boolean;

  constructor(settings: StationSettings, ports: EndpointPorts, carrier: Carrier) {
    this.settings = settings;
    this.#ports = ports;
    this.#carrier = carrier;
    this.#tokensMs = ports.nowMs();
    this.#waits = settings.url.startsWith('udpin:');
  }

  start(): void {
    this.#carrier.start((carried) => this.#join(carried));
  }

  #join(carried: CarriedPeer): void {
    const { nowMs, vehicle, groundLock, toAutopilot, onWishes, onWrite } = this.#ports;
    const { name, mode } = this.settings;
    const peer = new StationPeer({
      carried,
      counters: this.#counters,
      nowMs,
      vehicle,
      groundLock,
      toAutopilot,
      onWishes,
      unlocked: () => this.unlockedLeftMs !== null,
      spend: (bytes) => this.#spend(bytes),
      streamRoomBytesPerS: () => this.#shareBytesPerS,
      onWrite: (from, what) => onWrite(name, from, what),
      // 50 bytes are all a STATUSTEXT has.
      hint: mode === 'control' ? 'Skein: listening. skein-agent stations unlock' : 'Skein: this end point only listens',
    });
    this.#peers.add(peer);
    carried.onClose = () => {
      this.#peers.delete(peer);
      if (peer.wishes.all.length > 0) onWishes();
    };
  }

  heard(frame: Frame): void {
    if (!this.#carrier.isOpen) return;
    for (const peer of this.#peers) if (!this.#waits || peer.isHeard) peer.heard(frame);
  }

  tick(): void {
    for (const peer of this.#peers) peer.tick();
  }

  get wishes(): readonly Wish[] {
    return [...this.#peers].flatMap((peer) => peer.wishes.all);
  }

  get unlockedLeftMs(): number | null {
    const leftMs = (this.#unlockedUntilMs ?? 0) - this.#ports.nowMs();
    return this.#unlockedUntilMs === null || leftMs <= 0 ? null : Math.round(leftMs);
  }

  /** False: its settings say that it only listens. */
  unlock(minutes: number): boolean {
    if (this.settings.mode !== 'control') return false;
    this.#unlockedUntilMs = this.#ports.nowMs() + minutes * 60_000;
    return true;
  }

  lock(): void {
    this.#unlockedUntilMs = null;
  }

  get #shareBytesPerS(): number {
    return (this.#ports.lineBytesPerS() * this.settings.sharePct) / 100;
  }

  #spend(bytes: number): boolean {
    const nowMs = this.#ports.nowMs();
    const share = this.#shareBytesPerS;
    const most = Math.max(MIN_BURST_BYTES, (share * BURST_MS) / 1000);
    this.#tokens = Math.min(most, this.#tokens + (share * (nowMs - this.#tokensMs)) / 1000);
    this.#tokensMs = nowMs;
    if (this.#tokens < bytes) return false;
    this.#tokens -= bytes;
    return true;
  }

  status(): EndpointStatus {
    const { name, url, mode } = this.settings;
    return {
      name,
      url,
      mode,
      open: this.#carrier.isOpen,
      problem: this.#carrier.problem,
      unlockedLeftMs: this.unlockedLeftMs,
      heard: [...this.#peers].filter(({ isHeard }) => isHeard).length,
      stations: [...this.#peers].map((peer) => peer.status),
      counters: { ...this.#counters, refused: this.#carrier.refused },
    };
  }

  close(): Promise<void> {
    return this.#carrier.close();
  }
}
