/** Which piece of hardware this autopilot is (AUTOPILOT_VERSION), and whether it is still the same one. Pure. */
import type { Messages } from '@skein/protocol/mavlink';

export interface IdentityFacts {
  /** Hex. The 8-bit system id says nothing of the kind; the 64-bit uid is 0 on some (observed). */
  readonly uid2: string | null;
  readonly version: string;
  readonly capabilities: bigint;
}

export class Identity {
  #facts: IdentityFacts | null = null;
  #swaps = 0;

  get facts(): IdentityFacts | null {
    return this.#facts;
  }

  /** Times another autopilot answered under the same system id. */
  get swaps(): number {
    return this.#swaps;
  }

  /** True: this is another autopilot than before. */
  take(f: Messages['AUTOPILOT_VERSION']): boolean {
    const before = this.#facts?.uid2 ?? null;
    const facts = { uid2: uidOf(f), version: versionOf(f.flight_sw_version), capabilities: f.capabilities };
    this.#facts = facts;
    const swapped = before !== null && facts.uid2 !== null && facts.uid2 !== before;
    if (swapped) this.#swaps++;
    return swapped;
  }
}

function uidOf(f: Messages['AUTOPILOT_VERSION']): string | null {
  const uid2 = (f.uid2 ?? []).map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (!/^0*$/.test(uid2)) return uid2;
  return f.uid === 0n ? null : f.uid.toString(16).padStart(16, '0');
}

/** FIRMWARE_VERSION_TYPE: under 64 dev, 128 beta …, 255 release. */
function versionOf(version: number): string {
  const type = version & 0xff;
  const suffix = type === 255 ? '' : (['-dev', '-alpha', '-beta', '-rc'][type >> 6] ?? '');
  return `${version >>> 24}.${(version >>> 16) & 0xff}.${(version >>> 8) & 0xff}${suffix}`;
}
