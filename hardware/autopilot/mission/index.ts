export { firstSeq, HOME_ITEM, itemFault } from './commands.ts';
export { type Difference, differences } from './compare.ts';
export { type HeldLists, type HomePlace, missionBytes, missionHash } from './hash.ts';
export { MissionClient } from './missions.ts';
export type {
  DownloadOutcome,
  MissionFailed,
  MissionFailure,
  TransferOptions,
  WriteOptions,
  WriteOutcome,
} from './outcome.ts';
export type { MissionEvent, MissionListener, MissionState } from './progress.ts';
export { asStored, type MissionFlavour } from './stored.ts';
export type { MissionChange, MissionChangeListener, MissionChangeReason } from './watch.ts';
