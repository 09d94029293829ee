/** What the uplink is told, and what it needs of others. */
import type { Command, EpochRange, ItineraryMessage, Presence, TimeAnswer } from '@skein/protocol/fleet';
import type { Dial } from './dial.ts';
import type { SenderOptions } from './sender.ts';
import type { ReadableLane } from './session.ts';
import type { UplinkState } from './status.ts';
import type { Timers } from './timers.ts';

/** What the uplink needs of the outbox. */
export interface UplinkSource {
  ranges(): EpochRange[];
  readable(): readonly ReadableLane[];
  read: SenderOptions['read'];
  ack(epoch: string, lane: 'urgent' | 'history', upTo: number): void;
  /** Epochs of which nothing is held any more. */
  readonly past: {
    /** A start of a controller has acked something. */
    answeredBy(start: string): void;
    /** Whether it was an ack of one of these. */
    heard(ack: { readonly epoch: string; readonly lane: 'urgent' | 'history'; readonly upTo: number }): boolean;
  };
}

export interface UplinkOptions {
  /** Empty: stay offline. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly topicRoot: string;
  readonly drone: string;
  readonly groups: readonly string[];
  readonly session: string;
  readonly boot: string;
  readonly epoch: () => string;
  readonly backoff: { readonly minS: number; readonly maxS: number };
  readonly backfillKBps: number;
  /** Most that history waits for company while all is well, s; left out: 0. */
  readonly gatherS?: number;
  /** Presence but for what the uplink itself knows. */
  readonly presence: () => Omit<Presence, 'session' | 'boot' | 'online' | 'epochs'>;
  readonly source: UplinkSource;
  readonly nowUs: () => number;
  readonly random: () => number;
  /** Left out: MQTT.js. */
  readonly dial?: Dial;
  readonly timers: Timers;
  /** How long an attempt may take until it is connected and subscribed, ms. */
  readonly connectDeadlineMs?: number;
  /** An answer to our clock question, with our clock when we asked and when it came. */
  readonly onTime?: (answer: TimeAnswer, receivedMonoUs: number) => void;
  /** A command came: on the drone's own topic, or on a broadcast. */
  readonly onCommand?: (command: Command, via: 'own' | 'broadcast') => void;
  /** An itinerary was given to this drone, or taken back. */
  readonly onItinerary?: (message: ItineraryMessage) => void;
  readonly onState?: (state: UplinkState, detail: string) => void;
}
