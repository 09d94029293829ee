import { CopterMode } from '@skein/protocol/mavlink';

/** A mode as PX4 numbers it, and which motion of the vehicle it is. */
export interface Px4Mode {
  readonly name: string;
  readonly main: number;
  readonly sub: number;
  /** custom_mode of the heartbeat: main mode in the third byte, sub mode in the fourth. */
  readonly custom: number;
  readonly motion: number;
  /** Flies by itself; the others need sticks. */
  readonly auto: boolean;
}

const AUTO = 4;

const mode = (name: string, main: number, sub: number, motion: number): Px4Mode => ({
  name,
  main,
  sub,
  custom: ((main << 16) | (sub << 24)) >>> 0,
  motion,
  auto: main === AUTO,
});

export const px4Modes = {
  manual: mode('Manual', 1, 0, CopterMode.STABILIZE),
  altitude: mode('Altitude', 2, 0, CopterMode.ALT_HOLD),
  position: mode('Position', 3, 0, CopterMode.LOITER),
  takeoff: mode('Takeoff', AUTO, 2, CopterMode.GUIDED),
  hold: mode('Hold', AUTO, 3, CopterMode.GUIDED),
  mission: mode('Mission', AUTO, 4, CopterMode.AUTO),
  return: mode('Return', AUTO, 5, CopterMode.RTL),
  land: mode('Land', AUTO, 6, CopterMode.LAND),
  acro: mode('Acro', 5, 0, CopterMode.STABILIZE),
  offboard: mode('Offboard', 6, 0, CopterMode.GUIDED),
  stabilized: mode('Stabilized', 7, 0, CopterMode.STABILIZE),
} as const;

const all: readonly Px4Mode[] = Object.values(px4Modes);

export const modeBy = (main: number, sub: number): Px4Mode | undefined =>
  all.find((one) => one.main === main && (one.main !== AUTO || one.sub === sub));

const byMotion: Readonly<Record<number, Px4Mode>> = {
  [CopterMode.STABILIZE]: px4Modes.stabilized,
  [CopterMode.ALT_HOLD]: px4Modes.altitude,
  [CopterMode.LOITER]: px4Modes.position,
  [CopterMode.POSHOLD]: px4Modes.position,
  [CopterMode.AUTO]: px4Modes.mission,
  [CopterMode.RTL]: px4Modes.return,
  [CopterMode.SMART_RTL]: px4Modes.return,
  [CopterMode.LAND]: px4Modes.land,
};

/** What a motion that began by itself is called. */
export const modeOfMotion = (motion: number): Px4Mode => byMotion[motion] ?? px4Modes.hold;
