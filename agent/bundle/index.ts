export { readAsFarAs } from './reading.ts';
export { Secrets, secretOf, secretsAround, secretsIn } from './secrets.ts';
export { type Entry, zipOf } from './zip.ts';
