export * from './clock.ts';
export * from './rfc3339.ts';
