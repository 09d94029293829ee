export { shownFloat as shownValue } from '@skein/protocol/fleet';
export { diffParameters, type ParameterChange } from './diff.ts';
export { type LeftOut, planRestore, type RestorePlan } from './plan.ts';
export { type Restored, type RestoreRun, restore } from './restore.ts';
export { FORMAT, parseSnapshot, renderSnapshot, type Snapshot } from './snapshot.ts';
export { ParameterWatch } from './watch.ts';
