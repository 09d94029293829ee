export { AutopilotClient, type AutopilotOptions, type AutopilotPriority, type AutopilotStatus } from './client.ts';
export type { CommandFailure, CommandOutcome, CommandRequest } from './command.ts';
export type { ControlSnapshot, ControlState } from './control.ts';
export type { Flavour, ParameterFault } from './flavours/flavour.ts';
export type { IntentFailure, IntentName, IntentOptions, IntentOutcome } from './intent.ts';
export type { FlavourName, HeardText, Landed, OtherWriter, Place, RcState, VehicleState } from './state.ts';
export { type PlannedStream, planBytesPerS, planStreams, WANTED_STREAMS } from './streams.ts';
