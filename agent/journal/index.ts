export type { CommandEntry } from './entry.ts';
export { Journal, type JournalOpened, type JournalStatus, type Written } from './journal.ts';
