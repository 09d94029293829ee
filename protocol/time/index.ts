export * from './clock.ts';
export * from './hybrid-clock.ts';
export * from './rfc3339.ts';
export * from './timeline.ts';
export * from './vote.ts';
export * from './zoned.ts';
