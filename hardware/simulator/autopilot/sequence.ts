import type { MissionItem } from './mission.ts';

/** An autopilot that carries its items out one after the other, and waits for gripper and winch: not ArduPilot. */
export interface Sequence {
  /** This command takes its time like a navigation item, though it is none. */
  takesTime(command: number): boolean;
  begin(item: MissionItem): void;
  /** What was begun last is over. */
  isDone(): boolean;
  /** After a landing that is not the last item it flies on. */
  readonly continuesAfterLand: boolean;
}
