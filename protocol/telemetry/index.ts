export * from './columns.ts';
export { crc32c } from './crc32c.ts';
export * from './envelope.ts';
export * from './gap.ts';
export * from './kinds.ts';
export * from './modes.ts';
export * from './sampler.ts';
export * from './texts.ts';
export * from './trust/index.ts';
