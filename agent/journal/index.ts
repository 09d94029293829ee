export type { CommandEntry } from './entry.ts';
export { Journal, type JournalOpened, type JournalOptions, type JournalStatus, type Written } from './journal.ts';
