import { createLink, type Link } from '@skein/hardware/link';
import { decode, encode, FrameParser, MavCmd, MavResult, type Message } from '@skein/protocol/mavlink';
import { until } from '../kit/until.ts';
import { fromWire, type Make, type ModeName, makeOf, toWire } from './makes.ts';
import { PilotLists } from './pilot-lists.ts';

/** Not the agent's 190, so that answers find their way back; never a heartbeat, which would count as the ground link. */
const SELF = { sysid: 255, compid: 25 } as const;
const AUTOPILOT_COMPONENT = 1;
const ARMED = 128;
const PRE_ARM_CHECK = 1 << 28;
const WANTED: readonly (readonly [msgid: number, hz: number])[] = [
  [33, 5],
  [1, 2],
  [245, 2],
];
const ANSWER_MS = 5_000;
const ASK_AGAIN_MS = 2_000;

export interface Seen {
  armed: boolean;
  mode: number;
  /** HEARTBEAT.autopilot. */
  autopilot: number;
  sysid: number;
  latDeg: number;
  lonDeg: number;
  altRelM: number;
  /** Above the sea. */
  altAmslM: number;
  speedMps: number;
  preArmOk: boolean;
  /** GLOBAL_POSITION_INT since the last heartbeat after a break: nothing above is from before. */
  atMs: number;
}

/**
 * A person with a transmitter, or as good as one: has a line of its own to the autopilot, sets parameters, arms, takes off,
 * and looks how the aircraft really moves. It knows nothing of Skein.
 */
export class Pilot {
  readonly seen: Seen = {
    armed: false,
    mode: -1,
    autopilot: -1,
    sysid: 0,
    latDeg: Number.NaN,
    lonDeg: Number.NaN,
    altRelM: Number.NaN,
    altAmslM: Number.NaN,
    speedMps: Number.NaN,
    preArmOk: false,
    atMs: Number.NEGATIVE_INFINITY,
  };
  readonly texts: string[] = [];
  /** Missions, as another ground station has them. */
  readonly lists = new PilotLists((frame) => this.#write(frame));
  readonly #link: Link;
  readonly #parser = new FrameParser();
  readonly #timer: NodeJS.Timeout;
  readonly #answers = new Map<number, number>();
  readonly #parameters = new Map<string, { readonly value: number; readonly type: number }>();
  #seq = 0;

  constructor(url: string) {
    this.#link = createLink({ url });
    this.#link.read((chunk) => {
      this.#parser.push(chunk, (frame) => {
        const message = decode(frame);
        if (message !== null && frame.compid === AUTOPILOT_COMPONENT) this.#take(message, frame.sysid);
      });
    });
    this.#link.start();
    this.#timer = setInterval(() => this.#askForPosition(), ASK_AGAIN_MS);
  }

  #take(message: Message, sysid: number): void {
    const { seen } = this;
    this.lists.take(message, sysid);
    switch (message.name) {
      case 'HEARTBEAT':
        seen.sysid = sysid;
        seen.armed = (message.fields.base_mode & ARMED) !== 0;
        seen.mode = message.fields.custom_mode;
        seen.autopilot = message.fields.autopilot;
        break;
      case 'GLOBAL_POSITION_INT': {
        const { lat, lon, alt, relative_alt, vx, vy, vz } = message.fields;
        seen.latDeg = lat / 1e7;
        seen.lonDeg = lon / 1e7;
        seen.altRelM = relative_alt / 1e3;
        seen.altAmslM = alt / 1e3;
        seen.speedMps = Math.hypot(vx, vy, vz) / 100;
        seen.atMs = performance.now();
        break;
      }
      case 'SYS_STATUS':
        seen.preArmOk = (message.fields.onboard_control_sensors_health & PRE_ARM_CHECK) !== 0;
        break;
      case 'STATUSTEXT':
        this.texts.push(message.fields.text);
        break;
      case 'COMMAND_ACK':
        if (message.fields.result !== MavResult.IN_PROGRESS) {
          this.#answers.set(message.fields.command, message.fields.result);
        }
        break;
      case 'PARAM_VALUE':
        this.#parameters.set(message.fields.param_id, {
          value: fromWire(this.make, message.fields.param_value, message.fields.param_type),
          type: message.fields.param_type,
        });
        break;
    }
  }

  get make(): Make {
    return makeOf(this.seen.autopilot);
  }

  isIn(mode: ModeName): boolean {
    return this.seen.mode === this.make.modes[mode];
  }

  /** The failsafe of the ground link was said since so many texts. */
  failsafeSince(said = 0): string | undefined {
    return this.texts.slice(said).find((text) => this.make.failsafeText.test(text));
  }

  #write(frame: Uint8Array): void {
    this.#link.write(frame, 'normal');
  }

  #from(): { readonly sysid: number; readonly compid: number; readonly seq: number } {
    this.#seq = (this.#seq + 1) & 255;
    return { ...SELF, seq: this.#seq };
  }

  /** Intervals end with each boot of the autopilot: whenever nothing comes it is asked again. */
  #askForPosition(): void {
    if (!this.#link.isOpen || performance.now() - this.seen.atMs < ASK_AGAIN_MS) return;
    for (const [msgid, hz] of WANTED) this.#send(MavCmd.SET_MESSAGE_INTERVAL, [msgid, 1e6 / hz]);
  }

  #send(command: number, params: readonly number[]): void {
    const [param1 = 0, param2 = 0, param3 = 0, param4 = 0, param5 = 0, param6 = 0, param7 = 0] = params;
    const target = {
      target_system: this.seen.sysid === 0 ? 1 : this.seen.sysid,
      target_component: AUTOPILOT_COMPONENT,
      confirmation: 0,
    };
    const fields = { ...target, command, param1, param2, param3, param4, param5, param6, param7 };
    this.#write(encode('COMMAND_LONG', fields, this.#from()));
  }

  /** MAV_RESULT of its answer; null: there was none. */
  async command(command: number, ...params: readonly number[]): Promise<number | null> {
    this.#answers.delete(command);
    this.#send(command, params);
    try {
      await until(() => this.#answers.has(command), { timeoutMs: ANSWER_MS, what: `an answer to ${command}` });
    } catch {
      return null;
    }
    return this.#answers.get(command) ?? null;
  }

  /** Waits until the autopilot is heard and tells where it is. */
  async heard(withinMs: number): Promise<number> {
    const since = performance.now();
    const { tookMs } = await until(() => this.seen.sysid !== 0 && this.seen.atMs > since, {
      timeoutMs: withinMs,
      what: `the position from the autopilot on ${this.#link.url}`,
      seen: () => ({ ...this.seen, link: this.#link.phase, error: this.#link.lastError }),
    });
    return tookMs;
  }

  /** Its value; null: the autopilot does not know it. */
  async parameter(name: string): Promise<number | null> {
    this.#parameters.delete(name);
    for (let attempt = 0; attempt < 3; attempt++) {
      const target = { target_system: this.seen.sysid, target_component: AUTOPILOT_COMPONENT };
      const fields = { ...target, param_id: name, param_index: -1 };
      this.#write(encode('PARAM_REQUEST_READ', fields, this.#from()));
      const known = await this.#told(name);
      if (known !== null) return known.value;
    }
    return null;
  }

  /** Sets one parameter; gives what it was before, null if there is none of that name. Throws when it is not taken. */
  async set(name: string, value: number): Promise<number | null> {
    const before = await this.parameter(name);
    if (before === null || before === value) return before;
    const type = this.#parameters.get(name)?.type ?? 9;
    this.#parameters.delete(name);
    const target = { target_system: this.seen.sysid, target_component: AUTOPILOT_COMPONENT };
    const fields = { ...target, param_id: name, param_value: toWire(this.make, value, type), param_type: type };
    this.#write(encode('PARAM_SET', fields, this.#from()));
    await this.#told(name);
    const after = await this.parameter(name);
    if (after === null || Math.abs(after - value) > 1e-4) throw new Error(`${name} is ${after}, not ${value}`);
    return before;
  }

  async #told(name: string): Promise<{ readonly value: number } | null> {
    try {
      const { value } = await until(() => this.#parameters.get(name), { timeoutMs: 2_000, what: name });
      return value;
    } catch {
      return null;
    }
  }

  /** Into GUIDED, on PX4 AUTO.LOITER, as by the switch. */
  async waits(): Promise<void> {
    await until(
      async () => {
        await this.command(MavCmd.DO_SET_MODE, 1, ...this.make.setWaiting);
        return this.isIn('waiting');
      },
      { timeoutMs: 20_000, everyMs: 500, what: 'the mode to arm in', seen: () => this.seen.mode },
    );
  }

  /** In the mode to arm in, armed, up to `altM`: waits until the autopilot lets it. Says how long each took. */
  async takeOff(altM: number, withinMs: number): Promise<string> {
    const began = performance.now();
    await until(() => this.seen.preArmOk, {
      timeoutMs: withinMs,
      what: 'the pre-arm checks to pass',
      seen: () => this.texts.slice(-3),
    });
    await this.waits();
    await until(async () => (await this.command(MavCmd.COMPONENT_ARM_DISARM, 1)) === MavResult.ACCEPTED, {
      timeoutMs: withinMs,
      everyMs: 2_000,
      what: 'it to arm',
      seen: () => this.texts.slice(-3),
    });
    const armableMs = performance.now() - began;
    const here = Number.NaN;
    const [place, up] = this.make.takeOffAbove === 'home' ? [0, altM] : [here, this.seen.altAmslM + altM];
    const takeOff = [0, 0, 0, place, place, place, up];
    await until(async () => (await this.command(MavCmd.NAV_TAKEOFF, ...takeOff)) === MavResult.ACCEPTED, {
      timeoutMs: 8_000,
      what: 'the take-off to be accepted',
      seen: () => this.texts.slice(-3),
    });
    // PX4 has a mode for the way up, and leaves it by itself.
    const { tookMs } = await until(() => this.seen.altRelM > altM - 1 && this.isIn('waiting'), {
      timeoutMs: 60_000,
      what: `${altM - 1} m of altitude, and the end of the take-off`,
      seen: () => this.seen,
    });
    return `armed after ${(armableMs / 1000).toFixed(1)} s, ${altM} m after another ${(tookMs / 1000).toFixed(1)} s`;
  }

  /** The last resort when a flight went wrong: down, here. */
  async land(): Promise<void> {
    if (!this.seen.armed) return;
    await this.command(MavCmd.NAV_LAND);
    await until(() => !this.seen.armed, { timeoutMs: 120_000, what: 'it to land and disarm', seen: () => this.seen });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#link.close();
  }
}
