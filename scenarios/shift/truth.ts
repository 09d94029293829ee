/** What an aircraft really did: read from every frame that left its autopilot, not from what anybody made of them. */
import fs from 'node:fs';
import { CopterMode, decode, MavModeFlag, TlogReader } from '@skein/protocol/mavlink';
import { sentPositions } from '../kit/sent.ts';

const NAMES = new Map<number, string>(Object.entries(CopterMode).map(([name, number]) => [Number(number), name]));
const AUTOPILOT = 1;
/** Positions that are looked at, and how far they may lie apart to be called one, degrees: a metre. */
const STILL_ROWS = 8;
const STILL_DEG = 1e-5;

/** Its life in changes of mode and of armed, and its boots: `AUTO armed`, `LAND armed`, `LAND`, `boot`, … */
export function lifeOf(file: string): readonly string[] {
  const life: string[] = [];
  let bootMs = 0;
  const say = (what: string): void => {
    if (life.at(-1) !== what) life.push(what);
  };
  const take = ({ frame }: Parameters<Parameters<TlogReader['push']>[1]>[0]): void => {
    if (frame.compid !== AUTOPILOT) return;
    const message = decode(frame);
    if (message?.name === 'GLOBAL_POSITION_INT') {
      if (message.fields.time_boot_ms < bootMs) say('boot');
      bootMs = message.fields.time_boot_ms;
    }
    if (message?.name !== 'HEARTBEAT') return;
    const { base_mode, custom_mode } = message.fields;
    const armed = (base_mode & MavModeFlag.SAFETY_ARMED) !== 0;
    say(`${NAMES.get(custom_mode) ?? custom_mode}${armed ? ' armed' : ''}`);
  };
  const reader = new TlogReader();
  reader.push(fs.readFileSync(file), take);
  reader.flush(take);
  return life;
}

/** Where it is now, and whether its last positions are one place. */
export function standsStill(file: string): boolean {
  const last = sentPositions(file).slice(-STILL_ROWS);
  const [first] = last;
  if (first === undefined || last.length < STILL_ROWS) return false;
  return last.every(
    ({ latDeg, lonDeg }) => Math.abs(latDeg - first.latDeg) < STILL_DEG && Math.abs(lonDeg - first.lonDeg) < STILL_DEG,
  );
}
