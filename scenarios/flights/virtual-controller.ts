/** The controller of one drone as it is to the drone: sends again until it is answered, and may lose what it sends. */
import type { Random } from '@skein/hardware/simulator';
import {
  COMMANDS,
  type Command,
  type CommandType,
  type Itinerary,
  type ItineraryMessage,
  isFinal,
} from '@skein/protocol/fleet';
import { formatUtc } from '@skein/protocol/time';
import type { VirtualFlight } from './virtual-flight.ts';

const RESEND_MS = 2_000;
const NEVER = Number.NEGATIVE_INFINITY;

interface SentCommand {
  readonly command: Omit<Command, 'session' | 'heard' | 'sentAt'>;
  readonly expiresMs: number;
  sentMs: number;
  reached: boolean;
}

interface SentItinerary {
  readonly id: string;
  readonly version: number;
  readonly itinerary: Itinerary | null;
  readonly sound: boolean;
  sentMs: number;
}

export class VirtualController {
  readonly flight: VirtualFlight;
  readonly #seed: number;
  readonly #random: Random;
  readonly #commands: SentCommand[] = [];
  readonly #takeBacks: SentItinerary[] = [];
  wanted: SentItinerary | null = null;
  #answersRead = 0;
  readonly #ended = new Set<string>();

  constructor(flight: VirtualFlight, random: Random, seed: number) {
    this.flight = flight;
    this.#random = random;
    this.#seed = seed;
  }

  get commands(): number {
    return this.#commands.length;
  }

  /** Commands that reached a living agent and have no end. */
  get open(): readonly string[] {
    return this.#commands
      .filter((one) => one.reached && !this.isEnded(one.command.id))
      .map(({ command }) => command.type);
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }

  takeBack(id: string, version: number): void {
    this.#takeBacks.push({ id, version, itinerary: null, sound: true, sentMs: NEVER });
  }

  /** The same once more, whatever was said of it. */
  again(): void {
    this.flight.stands.splice(0);
    if (this.wanted !== null) this.wanted.sentMs = NEVER;
  }

  isEnded(id: string): boolean {
    const { answers } = this.flight;
    for (; this.#answersRead < answers.length; this.#answersRead++) {
      const answer = answers[this.#answersRead];
      if (answer !== undefined && isFinal(answer.state)) this.#ended.add(answer.command);
    }
    return this.#ended.has(id);
  }

  issue(type: CommandType, params: Command['params'] = {}): void {
    // An operator waits for what he ordered.
    if (
      this.#commands.some(
        ({ command, expiresMs }) => command.type === type && expiresMs > this.flight.nowMs && !this.isEnded(command.id),
      )
    )
      return;
    const { flight } = this;
    const lifeMs = COMMANDS[type].lifetimeS * 1000;
    const n = this.#commands.length;
    this.#commands.push({
      command: {
        id: `01JG${String(this.#seed % 1e8).padStart(10, '0')}${String(n).padStart(12, '0')}`,
        type,
        params,
        issuedAt: formatUtc(flight.utcUs),
        expiresAt: formatUtc(flight.utcUs + lifeMs * 1000),
        issuedBy: 'Ann',
        grants: [],
      },
      expiresMs: flight.nowMs + lifeMs,
      sentMs: Number.NEGATIVE_INFINITY,
      reached: false,
    });
  }

  /** Again until it is answered. */
  send(): void {
    const { flight } = this;
    const { session } = flight;
    if (session === null) return;
    const isDue = (one: { sentMs: number }): boolean => flight.nowMs - one.sentMs >= RESEND_MS;
    for (const one of this.#commands) {
      if (!isDue(one) || flight.nowMs > one.expiresMs + 60_000 || this.isEnded(one.command.id)) continue;
      one.sentMs = flight.nowMs;
      if (this.#chance(0.1)) continue;
      one.reached = true;
      flight.receive({
        ...one.command,
        sentAt: formatUtc(flight.utcUs),
        session,
        heard: { session, monoMs: Math.floor(flight.nowMs - 200) },
      });
    }
    for (const one of [...this.#takeBacks, ...(this.wanted === null ? [] : [this.wanted])]) {
      if (!isDue(one) || this.#isAnswered(one)) continue;
      one.sentMs = flight.nowMs;
      if (!this.#chance(0.1)) this.#deliver(one, session);
    }
  }

  #deliver({ id, version, itinerary, sound }: SentItinerary, session: string): void {
    const message: ItineraryMessage = {
      session,
      id,
      version,
      itinerary,
      issuedBy: 'Ann',
      sentAt: formatUtc(this.flight.utcUs),
    };
    this.flight.assign(message, sound);
  }

  #isAnswered({ id, version, itinerary, sentMs }: SentItinerary): boolean {
    // What was said of it before is no answer to this.
    if (sentMs === NEVER) return false;
    return this.flight.stands.some(
      (one) =>
        one.id === id &&
        (itinerary === null ? one.state === 'cancelled' || one.state === 'refused' : one.version === version),
    );
  }

  want(id: string, version: number, itinerary: Itinerary, sound = true): void {
    this.wanted = { id, version, itinerary, sound, sentMs: Number.NEGATIVE_INFINITY };
  }
}
