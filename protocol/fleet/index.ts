export * from './commands.ts';
export * from './delivery-states.ts';
export * from './itinerary/index.ts';
export * from './itinerary-message.ts';
export * from './ladder.ts';
export * from './messages.ts';
export type { Parsed } from './reader.ts';
export * from './reasons.ts';
export * from './topics.ts';
