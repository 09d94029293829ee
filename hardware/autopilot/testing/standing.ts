import { MavCmd } from '@skein/protocol/mavlink';
import type { IntentName, IntentOptions, IntentOutcome } from '../intent.ts';
import { ScriptedAutopilot } from './autopilot.ts';

export const BASE = { latDeg: 47, lonDeg: 8 };
export const AUTO = 3;
const GUIDED = 4;
const PX4 = 12;
export const PX4_MISSION = ((4 << 24) | (4 << 16)) >>> 0;
const PX4_LOITER = ((3 << 24) | (4 << 16)) >>> 0;
const NAMES = new Map(Object.entries(MavCmd).map(([name, value]) => [value as number, name]));
export const ASKING: readonly number[] = [MavCmd.SET_MESSAGE_INTERVAL, MavCmd.REQUEST_MESSAGE];

export interface Script {
  readonly px4?: boolean;
  /** Where home is once it is armed. */
  readonly homeLatDeg?: number;
  /** PX4: where home stays while it is in its mission's mode. */
  readonly homeInMissionLatDeg?: number;
  readonly silentAboutHome?: boolean;
  /** Of commands: another answer; null: none. */
  readonly answers?: ReadonlyMap<number, number | null>;
  readonly neverRises?: boolean;
}

/** A scripted autopilot on the ground, fit to be started. */
export class Standing extends ScriptedAutopilot {
  readonly script: Script;
  landed = 1;
  /** Happens with the next tick. */
  soon: (() => void) | null = null;
  armed = false;
  mode: number;

  constructor(script: Script = {}) {
    super();
    this.script = script;
    this.mode = script.px4 ? PX4_LOITER : GUIDED;
    if (script.px4 && this.beat !== null) this.beat = { ...this.beat, autopilot: PX4 as 12, custom_mode: this.mode };
    this.answer = (command, params) => this.#obey(command, params);
  }

  #obey(command: number, params: readonly number[]): number | null {
    const given = this.script.answers?.get(command);
    if (given !== undefined) return given;
    if (command === MavCmd.REQUEST_MESSAGE && params[0] === 242 && !this.script.silentAboutHome) this.sayHome();
    if (command === MavCmd.COMPONENT_ARM_DISARM) {
      this.armed = params[0] === 1;
      if (this.script.px4 && this.mode === PX4_MISSION) this.#rise();
    }
    if (command === MavCmd.DO_SET_MODE) {
      this.mode = this.script.px4 ? (((params[2] ?? 0) << 24) | ((params[1] ?? 0) << 16)) >>> 0 : (params[1] ?? 0);
    }
    if (command === MavCmd.MISSION_START) {
      this.mode = AUTO;
      this.#rise();
    }
    this.sayBeat({ custom_mode: this.mode, base_mode: this.armed ? 217 : 81, system_status: this.armed ? 4 : 3 });
    return 0;
  }

  #rise(): void {
    if (this.armed && !this.script.neverRises) this.landed = 3;
  }

  sayHome(): void {
    const { px4, homeLatDeg, homeInMissionLatDeg } = this.script;
    const moved = this.mode === PX4_MISSION ? (homeInMissionLatDeg ?? homeLatDeg) : homeLatDeg;
    const latDeg = this.armed || px4 ? (moved ?? BASE.latDeg) : BASE.latDeg;
    const zero = { x: 0, y: 0, z: 0, q: [1, 0, 0, 0], approach_x: 0, approach_y: 0, approach_z: 0 };
    this.say('HOME_POSITION', {
      latitude: Math.round(latDeg * 1e7),
      longitude: BASE.lonDeg * 1e7,
      altitude: 0,
      ...zero,
    });
  }

  sayLanded(): void {
    this.soon?.();
    this.soon = null;
    this.say('EXTENDED_SYS_STATE', { vtol_state: 0, landed_state: this.landed as 1 });
  }

  /** Runs an intent to its end; what it commanded, without what only asks. */
  async order(name: IntentName, o: IntentOptions = {}): Promise<{ outcome: IntentOutcome; commands: string[] }> {
    await this.run(3_000, () => this.sayLanded());
    const before = this.commands().length;
    let outcome: IntentOutcome | null = null;
    void this.client.intent(name, o).then((value) => {
      outcome = value;
    });
    for (let spent = 0; outcome === null && spent < 60_000; spent += 100) await this.run(100, () => this.sayLanded());
    if (outcome === null) throw new Error('it never ended');
    const commands = this.commands()
      .slice(before)
      .filter((command) => !ASKING.includes(command));
    return { outcome, commands: commands.map((command) => NAMES.get(command) ?? `${command}`) };
  }
}
