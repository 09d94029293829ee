export { type Comparison, compare, type Difference, differenceWords } from './compare.ts';
export { type Expectation, expectationsOf, namesOf, PROFILES, type ProfileName } from './profiles.ts';
export { ProfileReader, type ReadAnswer } from './reader.ts';
export { parseWant } from './want.ts';
