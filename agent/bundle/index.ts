export { readAsFarAs } from './reading.ts';
export { Secrets, secretOf } from './secrets.ts';
export { type Entry, zipOf } from './zip.ts';
