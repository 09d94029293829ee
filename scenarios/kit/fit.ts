import type { Simulator } from '@skein/hardware/simulator';

const BENCH = { FS_GCS_ENABLE: 1 };
const FLYING = { ...BENCH, BATT_FS_LOW_ACT: 2, BATT_FS_CRT_ACT: 1, BATT_CRT_VOLT: 10, FENCE_ENABLE: 1 };

/** What a default ArduCopter must be given before it fits a safety profile. */
const WANTED = { bench: BENCH, 'line-of-sight': FLYING, bvlos: { ...FLYING, FS_OPTIONS: 17 } } as const;

export function fit({ autopilot }: Simulator, profile: keyof typeof WANTED): void {
  for (const [name, value] of Object.entries(WANTED[profile])) autopilot.parameters.set(name, value);
}
