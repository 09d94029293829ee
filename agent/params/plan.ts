/** What a restore would set, and what it would rather leave alone; looked at before anything is written. */

import { CALIBRATION } from '@skein/protocol/fleet';
import { diffParameters, type ParameterChange } from './diff.ts';
import type { Snapshot } from './snapshot.ts';

export interface RestoreOptions {
  /** Set those that weaken or strengthen the autopilot's safety net too. */
  readonly safety: boolean;
  /** Set calibration and identity too, though the file is of another board or does not say of which. */
  readonly calibration: boolean;
  /** Those whose change needs the admin's right. */
  readonly isSafety: (name: string) => boolean;
}

export type LeftOut = 'counter' | 'calibration' | 'safety' | 'missing-here' | 'missing-in-file';

export interface RestorePlan {
  /** In the order they are set: what switches a subsystem on comes before its parameters. */
  readonly changes: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  readonly leftOut: readonly (ParameterChange & { readonly why: LeftOut })[];
}

/** Written by the autopilot itself: counts, list lengths, what it measured at boot, ids of its sensors. */
const COUNTERS =
  /^(STAT_|FORMAT_VERSION$|SYSID_SW|MIS_TOTAL$|FENCE_TOTAL$|RALLY_TOTAL$|BARO\d*_GND_PRESS$|GND_ABS_PRESS|GND_TEMP$|INS_GYR\d*OFFS|LND_FLIGHT_T|COM_FLIGHT_UUID$|.*_DEVID$|.*_DEV_ID\d?$|COMPASS_PRIO\d_ID$)/;

function whyNot({ name, from, to }: ParameterChange, foreign: boolean, o: RestoreOptions): LeftOut | null {
  if (to === null) return 'missing-in-file';
  if (from === null) return 'missing-here';
  if (COUNTERS.test(name)) return 'counter';
  if (foreign && !o.calibration && CALIBRATION.test(name)) return 'calibration';
  return !o.safety && o.isSafety(name) ? 'safety' : null;
}

export function planRestore(now: Snapshot, wanted: Snapshot, o: RestoreOptions): RestorePlan {
  const foreign = wanted.uid2 === null || wanted.uid2 !== now.uid2;
  const judged = diffParameters(now.parameters, wanted.parameters).map((change) => ({
    ...change,
    why: whyNot(change, foreign, o),
  }));
  const switches = (name: string): number => (/_(ENABLE|TYPE)$/.test(name) ? 0 : 1);
  const changes = judged
    .flatMap(({ name, from, to, why }) => (why === null && from !== null && to !== null ? [{ name, from, to }] : []))
    .sort((a, b) => switches(a.name) - switches(b.name) || (a.name < b.name ? -1 : 1));
  return { changes, leftOut: judged.flatMap(({ why, ...change }) => (why === null ? [] : [{ ...change, why }])) };
}
