/** Who stands beside the drone: whoever hangs a parcel on it, and the pilot with the transmitter. */
import { Pilot, type Simulator } from '@skein/hardware/simulator';
import { modeOfMotion } from '../../hardware/simulator/flavours/px4/modes.ts';
import type { Flavour, FlightTruth } from './flight-truth.ts';

const WINCH_RATE = 2;

export class People {
  readonly #simulator: Simulator;
  readonly #o: { readonly carries: 'winch' | 'gripper'; readonly flavour: Flavour };
  readonly #truth: FlightTruth;
  readonly #pilot: Pilot;

  constructor(
    simulator: Simulator,
    o: { readonly carries: 'winch' | 'gripper'; readonly flavour: Flavour },
    truth: FlightTruth,
  ) {
    this.#simulator = simulator;
    this.#o = o;
    this.#truth = truth;
    this.#pilot = new Pilot(simulator.autopilot);
  }

  /** After a boot the drum of an ArduPilot runs free under a load: whoever hung it there holds it. */
  holdLine(): void {
    if (this.#o.carries !== 'winch' || this.#o.flavour !== 'ardupilot') return;
    this.#simulator.autopilot.cargo.winch.order({ action: WINCH_RATE, lengthM: 0, rateMS: 0 }, 0);
  }

  /** On the ground: another parcel, the line wound in. */
  load(massKg: number): void {
    const { autopilot, payload } = this.#simulator;
    const { vehicle } = autopilot;
    autopilot.vehicle = { ...vehicle, payload: { ...vehicle.payload, lineM: 0, lineMS: 0 } };
    payload.load(massKg);
    this.holdLine();
  }

  /** The pilot turns the mode switch to one of its six positions. */
  turnSwitch(slot: number): void {
    const { autopilot } = this.#simulator;
    const before = this.#shownMode;
    this.#pilot.turnSwitch(slot);
    const shown = this.#shownMode;
    if (autopilot.flight.armed && shown !== before) this.#truth.pilot(autopilot.flight.mode.name, shown);
  }

  /** As heartbeats tell it: on PX4 several motions are one mode, and a switch from Hold to Hold is seen by nobody. */
  get #shownMode(): number {
    const { number } = this.#simulator.autopilot.flight.mode;
    return this.#o.flavour === 'px4' ? modeOfMotion(number).custom : number;
  }
}
