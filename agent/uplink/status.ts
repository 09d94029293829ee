export type UplinkState = 'waiting' | 'connecting' | 'up' | 'closed';

const NAMES = [
  'connects',
  'connectFailures',
  'closes',
  'acks',
  'acksOtherSession',
  'acksUnknownEpoch',
  'acksOldStart',
  'badMessages',
  'ignoredMessages',
  'timeOtherSession',
  'hellos',
  'commands',
  'itineraries',
  'resends',
  'readsFailed',
  'messagesUrgent',
  'messagesHistory',
  'messagesLive',
  'liveDeltas',
  'basesAsked',
  'basesUnreadable',
  'packs',
  'packsDense',
  'bytesBeforePacking',
  'bytesUrgent',
  'bytesHistory',
  'bytesHistorySealed',
  'bytesLive',
  'bytesOther',
  'liveSkipped',
  'publishErrors',
] as const;

export type UplinkCounter = (typeof NAMES)[number];
export type UplinkCounters = Record<UplinkCounter, number>;

export const noUplinkCounts = (): UplinkCounters =>
  Object.fromEntries(NAMES.map((name) => [name, 0])) as UplinkCounters;

export interface UplinkStatus {
  readonly state: UplinkState;
  readonly url: string;
  readonly lastError: string | null;
  readonly leaseLeftMs: number;
  readonly liveHz: number;
  /** The controller hears another board under our name: why it thinks so; null: not as far as it said last. */
  readonly identityConflict: string | null;
  readonly inFlightBytes: number;
  /** Lanes of which the controller takes nothing now (window 0): its disk is full, or it cannot keep up. */
  readonly toldToWait: readonly ('urgent' | 'history')[];
  readonly smoothedAckMs: number | null;
  readonly counters: Readonly<UplinkCounters>;
}

/** The address as it may be shown: without what stands between `//` and `@`. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/, '$1…@');
}
