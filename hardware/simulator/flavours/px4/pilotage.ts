import { CopterMode, MavResult, MavSeverity } from '@skein/protocol/mavlink';
import type { Autopilot } from '../../autopilot/autopilot.ts';
import type { Answer } from '../../commands/command.ts';
import { offset, toNorthEast } from '../../geo.ts';
import { modeOfMotion, type Px4Mode, px4Modes } from './modes.ts';

/** Twice the accuracy of its position, about. */
const HOME_FOLLOWS_M = 2;

/** In these nobody arms, or it has taken off: they are not fallen back to. */
const PASSING: readonly Px4Mode[] = [px4Modes.return, px4Modes.land, px4Modes.takeoff];

const { ACCEPTED, TEMPORARILY_REJECTED, DENIED } = MavResult;

/** PX4's modes, arming and their rules, over the motions of the vehicle. */
export class Pilotage {
  readonly #autopilot: Autopilot;
  readonly #say: (text: string, severity: number) => void;
  #mode: Px4Mode = px4Modes.hold;
  /** Disarmed it falls back to the mode chosen last in which it can be armed (UserModeIntention; observed after a return). */
  #afterDisarming: Px4Mode = px4Modes.hold;
  #flight: Autopilot['flight'];
  #armed: boolean;
  #motion: number;
  /** Height above home for a take-off that waits for arming, metres; null: the parameter's. */
  #takeoffUpM: number | null = null;
  readonly #takeoffAltM: () => number;
  /** The stored mission may be flown. */
  missionFeasible = true;

  constructor(options: {
    readonly autopilot: Autopilot;
    readonly say: (text: string, severity: number) => void;
    readonly takeoffAltM: () => number;
  }) {
    this.#autopilot = options.autopilot;
    this.#say = options.say;
    this.#takeoffAltM = options.takeoffAltM;
    this.#flight = options.autopilot.flight;
    this.#armed = this.#flight.armed;
    this.#motion = this.#flight.mode.number;
    if (this.#armed) this.#chosen(modeOfMotion(this.#motion));
  }

  #chosen(mode: Px4Mode): void {
    this.#mode = mode;
    if (!PASSING.includes(mode)) this.#afterDisarming = mode;
  }

  get #body() {
    return this.#autopilot.vehicle.body;
  }

  get armed(): boolean {
    return this.#autopilot.flight.armed;
  }

  get landed(): boolean {
    return this.#body.onGround;
  }

  get mode(): Px4Mode {
    this.notice();
    return this.#mode;
  }

  /** Motions that began or ended by themselves (landing, end of a take-off) change the mode. */
  notice(): void {
    const { flight } = this.#autopilot;
    if (flight !== this.#flight) {
      // The autopilot has restarted.
      this.#flight = flight;
      this.#armed = false;
      this.#chosen(px4Modes.hold);
      this.#takeoffUpM = null;
    }
    if (this.#armed && !flight.armed) {
      this.#say('Disarmed by landing', MavSeverity.INFO);
      this.#mode = this.#afterDisarming;
    }
    if (flight.armed && flight.mode.number !== this.#motion) this.#mode = modeOfMotion(flight.mode.number);
    if (flight.armed && this.#mode === px4Modes.takeoff && !this.landed && flight.phase === 'flying') {
      this.#mode = px4Modes.hold;
    }
    this.#armed = flight.armed;
    this.#motion = flight.mode.number;
    const flies = this.#mode === px4Modes.mission && this.#autopilot.mission.progress !== 'complete';
    if (!flight.armed && this.landed && !flies) this.#followHome();
  }

  /** Home goes along with whoever carries it about, or where it landed (Commander: `HomePosition::update`). */
  #followHome(): void {
    const { flight, world, vehicle } = this.#autopilot;
    const { body } = vehicle;
    if (flight.home === null) return;
    const here = { ...offset(world, body), altM: world.altM + body.upM };
    const { northM, eastM } = toNorthEast(flight.home, here);
    if (Math.hypot(northM, eastM) > HOME_FOLLOWS_M) flight.setHome(here);
  }

  get #hasMission(): boolean {
    return this.#autopilot.mission.total > 0 && this.missionFeasible;
  }

  setMode(wanted: Px4Mode): Answer {
    const before = this.mode;
    if (wanted === px4Modes.offboard || (wanted === px4Modes.return && this.landed)) return this.#rejected(wanted);
    if (wanted === px4Modes.mission && !this.#hasMission) return this.#rejected(wanted);
    if (!this.armed) {
      this.#chosen(wanted);
      return ACCEPTED;
    }
    if (wanted === before) return ACCEPTED;
    const { flight, nowMs } = this.#autopilot;
    const entered = flight.setMode(wanted.motion, this.#body, nowMs);
    if (entered !== ACCEPTED) return this.#rejected(wanted);
    if (wanted === px4Modes.hold && !this.landed) flight.goTo(this.#body, this.#body);
    this.#chosen(wanted);
    this.#became(wanted);
    return ACCEPTED;
  }

  #became(mode: Px4Mode): void {
    this.#mode = mode;
    this.#armed = this.armed;
    this.#motion = this.#autopilot.flight.mode.number;
  }

  #rejected(mode: Px4Mode): Answer {
    this.#say(`Switching to mode '${mode.name}' is currently not possible`, MavSeverity.CRITICAL);
    return TEMPORARILY_REJECTED;
  }

  arm(forced: boolean): Answer {
    const { mode } = this;
    if (this.armed) return ACCEPTED;
    if (mode === px4Modes.return || mode === px4Modes.land) {
      this.#say('Arming denied: switch to a suitable flight mode', MavSeverity.CRITICAL);
      return TEMPORARILY_REJECTED;
    }
    const { flight, nowMs } = this.#autopilot;
    // A motion that can always be armed; what the mode asks for begins after.
    const motion = mode.auto ? CopterMode.GUIDED : mode.motion;
    const ready = flight.setMode(motion, this.#body, nowMs) === ACCEPTED;
    if (!ready || flight.arm(this.#body, nowMs, forced) !== ACCEPTED) {
      this.#say('Arming denied: Resolve system health failures first', MavSeverity.CRITICAL);
      return TEMPORARILY_REJECTED;
    }
    this.#say('Armed by external command', MavSeverity.INFO);
    this.#became(mode);
    if (mode === px4Modes.mission) this.#beginMission();
    if (mode === px4Modes.takeoff) this.#lift();
    return ACCEPTED;
  }

  disarm(forced: boolean): Answer {
    if (!this.armed) return ACCEPTED;
    if (!this.landed && !forced) {
      this.#say('Disarming denied: not landed', MavSeverity.CRITICAL);
      return TEMPORARILY_REJECTED;
    }
    const done = this.#autopilot.flight.disarm(this.#body, forced);
    this.#became(this.#afterDisarming);
    this.#say('Disarmed by external command', MavSeverity.INFO);
    return done;
  }

  takeoff(upM: number | null): Answer {
    this.#takeoffUpM = upM;
    if (!this.armed) return this.setMode(px4Modes.takeoff);
    if (!this.landed) return DENIED;
    const entered = this.#autopilot.flight.setMode(CopterMode.GUIDED, this.#body, this.#autopilot.nowMs);
    if (entered !== ACCEPTED) return this.#rejected(px4Modes.takeoff);
    this.#lift();
    return ACCEPTED;
  }

  #lift(): void {
    this.#autopilot.flight.takeoff(this.#takeoffUpM ?? this.#takeoffAltM(), this.#body, this.#autopilot.nowMs);
    this.#became(px4Modes.takeoff);
  }

  /** Starts a mission, and arms for it. */
  startMission(): Answer {
    if (!this.#hasMission) return DENIED;
    if (this.armed) {
      if (!this.landed) return this.setMode(px4Modes.mission);
      this.#beginMission();
      return ACCEPTED;
    }
    const chosen = this.setMode(px4Modes.mission);
    return chosen === ACCEPTED ? this.arm(false) : chosen;
  }

  #beginMission(): void {
    this.#autopilot.flight.startMission(this.#body, this.#autopilot.nowMs);
    this.#became(px4Modes.mission);
  }
}
