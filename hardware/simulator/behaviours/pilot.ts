import { modeOf } from '../autopilot/modes.ts';
import { fault, number, type Stage, text } from './fault.ts';

/** Pulse widths in the middle of the six positions of a mode switch, µs. */
const SLOT_US = [1_100, 1_300, 1_430, 1_560, 1_690, 1_900] as const;
const STICKS = { roll: 1, pitch: 2, throttle: 3, yaw: 4 } as const;
const SLOTS = SLOT_US.length;

/**
 * The person with the transmitter. Sticks and switches may be moved while the transmitter is off: the autopilot sees them when it is
 * switched on, as a new position of the mode switch then sets its mode.
 */
export class Pilot {
  readonly #autopilot: Stage['autopilot'];
  /** What the transmitter shows, by channel from 1, where it differs from what the receiver had last. */
  readonly #unheard = new Map<number, number>();

  constructor(autopilot: Stage['autopilot']) {
    this.#autopilot = autopilot;
  }

  get transmitterOn(): boolean {
    return this.#autopilot.disturbances.transmitterOn;
  }

  /** Any channel, from 1; pulse width in µs. */
  move(channel: number, pulseUs: number): void {
    if (this.transmitterOn) this.#autopilot.setChannel(channel, pulseUs);
    else this.#unheard.set(channel, pulseUs);
  }

  stick(name: keyof typeof STICKS, pulseUs: number): void {
    this.move(STICKS[name], pulseUs);
  }

  /** Turns the mode switch to one of its six positions. */
  turnSwitch(slot: number): void {
    const pulseUs = SLOT_US[slot - 1];
    if (pulseUs === undefined) throw new RangeError(`a mode switch has positions 1 to ${SLOTS}, not ${slot}`);
    this.move(this.#autopilot.parameters.value('FLTMODE_CH'), pulseUs);
  }

  /** Turns the mode switch to a mode, by its name. Throws when no position holds it. */
  mode(name: string): void {
    const { parameters } = this.#autopilot;
    const wanted = name.toUpperCase();
    const slots = Array.from({ length: SLOTS }, (_, index) => index + 1);
    const slot = slots.find((at) => {
      return modeOf(parameters.value(`FLTMODE${at}`))?.name.toUpperCase() === wanted;
    });
    if (slot === undefined)
      throw new RangeError(`no position of the mode switch is ${name}: set one of FLTMODE1 to FLTMODE6`);
    this.turnSwitch(slot);
  }

  switchOff(): void {
    this.#autopilot.disturbances.transmitterOn = false;
  }

  switchOn(): void {
    this.#autopilot.disturbances.transmitterOn = true;
    for (const [channel, pulseUs] of this.#unheard) this.#autopilot.setChannel(channel, pulseUs);
    this.#unheard.clear();
  }

  /** Emergency stop: no motor turns until it is released. */
  kill(on = true): void {
    if (this.#autopilot.disturbances.motorStop === on) return;
    this.#autopilot.disturbances.motorStop = on;
    this.#autopilot.voice.say(`RC7: MotorEStop ${on ? 'HIGH' : 'LOW'}`);
  }
}

const pilot = fault({
  name: 'pilot',
  words: 'the pilot turns the mode switch (by mode or position) and moves sticks',
  settings: {
    mode: text('name (Loiter) or position 1 to 6 of the mode switch'),
    roll: number('µs; 0: not moved', 0, 0, 2_200),
    pitch: number('µs', 0, 0, 2_200),
    throttle: number('µs', 0, 0, 2_200),
    yaw: number('µs', 0, 0, 2_200),
  },
  begin({ autopilot }, { mode, ...sticks }) {
    const person = new Pilot(autopilot);
    for (const name of ['roll', 'pitch', 'throttle', 'yaw'] as const) {
      if (sticks[name] > 0) person.stick(name, sticks[name]);
    }
    if (/^[1-6]$/.test(mode)) person.turnSwitch(Number(mode));
    else if (mode !== '') person.mode(mode);
  },
});

const rcLoss = fault({
  name: 'rc-loss',
  words: 'the transmitter is off, or out of range; back, it may stand in another mode',
  settings: { back: text('mode or position of its switch when it comes back') },
  begin({ autopilot, onEnd }, { back }) {
    const person = new Pilot(autopilot);
    person.switchOff();
    onEnd(() => {
      if (/^[1-6]$/.test(back)) person.turnSwitch(Number(back));
      else if (back !== '') person.mode(back);
      person.switchOn();
    });
  },
});

const kill = fault({
  name: 'kill-switch',
  words: 'the pilot stops the motors',
  settings: {},
  begin({ autopilot, onEnd }) {
    const person = new Pilot(autopilot);
    person.kill();
    onEnd(() => person.kill(false));
  },
});

export const pilotFaults = [pilot, rcLoss, kill] as const;
