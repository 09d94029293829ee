export { LOCK_NAME, type Lock, type Locks, readLocks, writeLocks } from './file.ts';
export { GroundLock, type Held, type LockRefusal } from './lock.ts';
