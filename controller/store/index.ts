export { type BackedUp, backUp } from './backup.ts';
export { corePath } from './core-db.ts';
export { STORE_ERRORS, StoreError, type StoreErrorCode } from './errors.ts';
export { EventQueue } from './event-queue.ts';
export type * from './port.ts';
export { SqliteStore } from './sqlite-store.ts';
