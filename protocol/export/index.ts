export * from './table.ts';
export * from './track.ts';
