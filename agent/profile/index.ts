export { type Difference, differenceWords } from './compare.ts';
export { PROFILES, type ProfileName } from './profiles.ts';
export type { ReadAnswer } from './reader.ts';
export { WANT_PATTERN } from './want.ts';
export { type FailsafeComparison, type FailsafeRules, ProfileWatch } from './watch.ts';
