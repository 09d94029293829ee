export { CommandDesk, type DeskStatus } from './desk.ts';
export { flightExecutors } from './flight.ts';
export { groundExecutors } from './ground.ts';
export { type CommandItinerary, itineraryExecutors } from './itinerary.ts';
export { LogShelf } from './log-shelf.ts';
export { takenReason } from './permission.ts';
export { fetchLogExecutor } from './transfer.ts';
export type { Answer, Executor, Outcome, Task, Unfinished } from './types.ts';
export type { CommandSafety, CommandVehicle, Pause, PositionTrusted } from './vehicle.ts';
