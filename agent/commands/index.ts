export { CommandDesk, type DeskStatus } from './desk.ts';
export { flightExecutors } from './flight.ts';
export { groundExecutors } from './ground.ts';
export { openLogFile } from './log-file.ts';
export { takenReason } from './permission.ts';
export { fetchLogExecutor } from './transfer.ts';
export type { Answer, Executor, Outcome, Task, Unfinished } from './types.ts';
export type { CommandSafety, CommandVehicle, Pause } from './vehicle.ts';
