export { diffParameters, type ParameterChange, shownValue } from './diff.ts';
export { type LeftOut, planRestore, type RestorePlan } from './plan.ts';
export { type Restored, type RestoreRun, restore } from './restore.ts';
export { FORMAT, parseSnapshot, renderSnapshot, type Snapshot } from './snapshot.ts';
