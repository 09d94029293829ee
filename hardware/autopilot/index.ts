export { AutopilotClient, type AutopilotOptions, type AutopilotPriority, type AutopilotStatus } from './client.ts';
export { type PlannedStream, planBytesPerS, planStreams, WANTED_STREAMS } from './streams.ts';
