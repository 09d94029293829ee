export { Groups } from './groups.ts';
export { MAINTENANCE_COUNTERS, Maintenance, type Telemetry, type UpkeepDoc } from './maintenance.ts';
export type { PackDoc } from './pack.ts';
export { Packs } from './packs.ts';
export type * from './ports.ts';
export type { RolloutDoc } from './rollout.ts';
export type { Outcome } from './rollout-step.ts';
export { type ParameterCommands, ROLLOUT_COUNTERS, Rollouts } from './rollouts.ts';
export { Settings, type SettingsDoc, type SettingsView } from './settings.ts';
export {
  type BaselineDoc,
  type ListDoc,
  SNAPSHOT_COUNTERS,
  type SnapshotDoc,
  Snapshots,
} from './snapshots.ts';
