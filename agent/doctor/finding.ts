/** What the doctor says of one thing it looked at. Programs match `code`, people read `words` and do `remedy`. */

export type Verdict = 'ok' | 'warning' | 'wrong' | 'unknown';

/** In the order in which they are shown: from what everything stands on to what it is for. */
export const AREAS = [
  'settings',
  'program',
  'agent',
  'data',
  'disk',
  'clock',
  'device',
  'line',
  'vehicle',
  'ports',
  'uplink',
] as const;
export type Area = (typeof AREAS)[number];

/** Everything it can find, by stable code; docs/field.md has a row for each. */
export const FINDINGS = {
  'settings-unreadable': ['settings', 'wrong'],
  'settings-wrong': ['settings', 'wrong'],
  'settings-unnamed': ['settings', 'warning'],
  'settings-changed': ['settings', 'warning'],
  'node-old': ['program', 'wrong'],
  'version-differs': ['program', 'warning'],
  'topics-differ': ['program', 'warning'],
  'agent-stopped': ['agent', 'warning'],
  'agent-hangs': ['agent', 'wrong'],
  'agent-forbidden': ['agent', 'wrong'],
  'two-agents': ['agent', 'wrong'],
  'other-agent': ['agent', 'warning'],
  'same-drone': ['agent', 'wrong'],
  'card-moved': ['agent', 'warning'],
  'card-behind': ['agent', 'warning'],
  'data-missing': ['data', 'wrong'],
  'data-no-folder': ['data', 'wrong'],
  'data-forbidden': ['data', 'wrong'],
  'data-foreign': ['data', 'wrong'],
  'data-problem': ['data', 'wrong'],
  'disk-full': ['disk', 'wrong'],
  'disk-low': ['disk', 'warning'],
  'disk-small': ['disk', 'warning'],
  'disk-read-only': ['disk', 'wrong'],
  'disk-failing': ['disk', 'wrong'],
  'disk-worn': ['disk', 'warning'],
  'disk-slow': ['disk', 'warning'],
  'clock-wrong': ['clock', 'wrong'],
  'clock-off': ['clock', 'warning'],
  'clock-unkept': ['clock', 'warning'],
  'clock-contradicted': ['clock', 'warning'],
  'device-missing': ['device', 'wrong'],
  'device-no-serial': ['device', 'wrong'],
  'device-forbidden': ['device', 'wrong'],
  'device-getty': ['device', 'wrong'],
  'device-console': ['device', 'wrong'],
  'device-modem-manager': ['device', 'wrong'],
  'device-held': ['device', 'wrong'],
  'modem-manager-near': ['device', 'warning'],
  'device-renumbers': ['device', 'warning'],
  'line-baud': ['line', 'wrong'],
  'line-noise': ['line', 'wrong'],
  'line-protocol': ['line', 'wrong'],
  'line-silent': ['line', 'wrong'],
  'line-closed': ['line', 'wrong'],
  'line-no-autopilot': ['line', 'wrong'],
  'line-two-autopilots': ['line', 'wrong'],
  'line-two-companions': ['line', 'wrong'],
  'line-mavlink1': ['line', 'wrong'],
  'line-lossy': ['line', 'warning'],
  'vehicle-armed': ['vehicle', 'warning'],
  'failsafe-gcs': ['vehicle', 'wrong'],
  'failsafe-battery': ['vehicle', 'wrong'],
  'failsafe-acts': ['vehicle', 'wrong'],
  'safety-switch': ['vehicle', 'wrong'],
  'rc-missing': ['vehicle', 'wrong'],
  'pre-arm': ['vehicle', 'warning'],
  'profile-differs': ['vehicle', 'wrong'],
  'link-loss-differs': ['vehicle', 'wrong'],
  'port-taken': ['ports', 'wrong'],
  'station-closed': ['ports', 'wrong'],
  'broker-address': ['uplink', 'wrong'],
  'broker-unknown': ['uplink', 'wrong'],
  'broker-no-dns': ['uplink', 'wrong'],
  'broker-refused': ['uplink', 'wrong'],
  'broker-unreachable': ['uplink', 'wrong'],
  'broker-timeout': ['uplink', 'wrong'],
  'broker-silent': ['uplink', 'wrong'],
  'broker-cuts': ['uplink', 'wrong'],
  'tls-none': ['uplink', 'wrong'],
  'tls-expired': ['uplink', 'wrong'],
  'tls-not-yet': ['uplink', 'wrong'],
  'tls-host': ['uplink', 'wrong'],
  'tls-ca': ['uplink', 'wrong'],
  'tls-client-certificate': ['uplink', 'wrong'],
  'tls-failed': ['uplink', 'wrong'],
  'tls-ends-soon': ['uplink', 'warning'],
  'mqtt-login': ['uplink', 'wrong'],
  'mqtt-denied': ['uplink', 'wrong'],
  'mqtt-name': ['uplink', 'wrong'],
  'mqtt-refused': ['uplink', 'wrong'],
  'mqtt-topic': ['uplink', 'wrong'],
  'agent-refused': ['uplink', 'wrong'],
  'no-controller': ['uplink', 'wrong'],
  'controller-waits': ['uplink', 'warning'],
  'ca-file': ['uplink', 'wrong'],
} as const satisfies Record<string, readonly [area: Area, verdict: Verdict]>;

export type FindingCode = keyof typeof FINDINGS;

export interface Finding {
  readonly area: Area;
  readonly verdict: Verdict;
  /** `ok`, `cannot-tell`, or one of the table. */
  readonly code: FindingCode | 'ok' | 'cannot-tell';
  /** One sentence or two: what is so, and what comes of it. */
  readonly words: string;
  /** What to do, in this order: a command to type, a parameter to set. */
  readonly remedy: readonly string[];
}

export function found(code: FindingCode, words: string, ...remedy: readonly string[]): Finding {
  const [area, verdict] = FINDINGS[code];
  return { area, verdict, code, words, remedy };
}

export const fine = (area: Area, words: string): Finding => ({ area, verdict: 'ok', code: 'ok', words, remedy: [] });

/** Not known, and not because anything is seen to be wrong. */
export const unsure = (area: Area, words: string, ...remedy: readonly string[]): Finding => ({
  area,
  verdict: 'unknown',
  code: 'cannot-tell',
  words,
  remedy,
});
