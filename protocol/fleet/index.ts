export * from './commands.ts';
export * from './messages.ts';
export * from './reasons.ts';
export * from './topics.ts';
