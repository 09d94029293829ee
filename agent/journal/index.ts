export type { CommandEntry } from './entry.ts';
export { Journal, type JournalStatus, type Written } from './journal.ts';
