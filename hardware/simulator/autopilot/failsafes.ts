import { MavSeverity } from '@skein/protocol/mavlink';
import type { Vehicle } from '../vehicle/vehicle.ts';
import { BatteryFailsafe } from './batteryFailsafe.ts';
import { bootMs } from './boot.ts';
import { type FailsafeAction, type FailsafeEvent, FsOption } from './failsafe.ts';
import type { Fence } from './fence.ts';
import { GroundLinkFailsafe } from './groundLinkFailsafe.ts';
import type { Mode } from './modes.ts';
import type { Parameters } from './parameters.ts';
import { PositionFailsafe } from './positionFailsafe.ts';
import { RadioFailsafe } from './radioFailsafe.ts';

/** What the failsafes see of the flight. */
export interface FailsafeView {
  readonly parameters: Parameters;
  readonly mode: Mode;
  readonly armed: boolean;
  /** In the air, as the autopilot knows it. */
  readonly flying: boolean;
  readonly sinceBootMs: number;
  readonly remainingMah: number;
  readonly transmitterOn: boolean;
  /** Above home and away from it, metres. */
  readonly aboveHomeM: number;
  readonly fromHomeM: number;
  readonly northM: number;
  readonly eastM: number;
}

export interface FailsafeHands {
  say(text: string, severity: number): void;
  /** Brings the vehicle where the failsafe wants it; in the air. */
  act(action: FailsafeAction): void;
  /** On the ground, motors turning. */
  disarm(): void;
  fenceChanged(): void;
  /** What it does now is to come back from beyond the fence. */
  recover(): void;
  /** Opens the gripper. */
  letGo(): void;
}

/** Everything is looked at so often; a real one looks 3 to 50 times a second. */
const LOOK_MS = 60;
/** FENCE_OPTIONS: no other mode until it is back inside. */
const KEEPS_MODE = 1;

/** What the autopilot does by itself when a link, its position or its charge is lost, or a fence crossed. One per boot. */
export class Failsafes {
  readonly battery = new BatteryFailsafe();
  readonly groundLink = new GroundLinkFailsafe();
  readonly radio = new RadioFailsafe();
  readonly position = new PositionFailsafe();
  readonly fence: Fence;
  #nextLookMs = Number.NEGATIVE_INFINITY;

  constructor(fence: Fence) {
    this.fence = fence;
  }

  /** One of them has come up and not gone: heartbeats show CRITICAL. A fence breach does not count (measured). */
  get tripped(): boolean {
    return this.battery.tripped || this.groundLink.tripped || this.radio.tripped || this.position.tripped;
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#nextLookMs;
  }

  step(vehicle: Vehicle, nowMs: number, view: FailsafeView, hands: FailsafeHands): void {
    if (!this.isDue(nowMs)) return;
    this.#nextLookMs = nowMs + LOOK_MS;
    const { parameters } = view;
    this.#take(this.groundLink.step(nowMs, parameters), view, hands);
    this.#take(this.radio.step(nowMs, view.transmitterOn, parameters), view, hands);
    const needs = {
      on: view.sinceBootMs >= bootMs.gpsUsed,
      matters: view.mode.needsPosition,
    };
    this.#take(this.position.step(nowMs, vehicle.estimate, needs, parameters), view, hands);
    if (view.armed) this.#checkBattery(vehicle, nowMs, view, hands);
    if (view.sinceBootMs >= bootMs.gpsUsed) this.#checkFence(nowMs, view, hands);
  }

  #take(event: FailsafeEvent | null, view: FailsafeView, hands: FailsafeHands): void {
    if (event === null) return;
    const { name, on } = event;
    if (!on) {
      hands.say(`${name} Failsafe Cleared`, name === 'EKF' ? MavSeverity.CRITICAL : MavSeverity.WARNING);
      return;
    }
    if (name === 'EKF') {
      const acts = view.flying && event.action !== 'nothing';
      if (acts) hands.act(event.action);
      hands.say('EKF variance', MavSeverity.CRITICAL);
      const mode = event.action === 'land' ? 'LAND' : 'ALT_HOLD';
      if (acts) hands.say(`EKF Failsafe: changed to ${mode} Mode`, MavSeverity.CRITICAL);
      return;
    }
    const goesOn = view.flying ? continues(name, view) : null;
    if (view.flying && goesOn === null) this.#act(event.action, view, hands);
    const onGround = view.armed && !view.flying;
    // In this order each (measured).
    if (onGround && name === 'GCS') hands.disarm();
    const disarms = onGround || (!view.armed && name === 'Radio');
    hands.say(`${name} Failsafe${disarms ? ' - Disarming' : (goesOn ?? '')}`, MavSeverity.WARNING);
    if (onGround && name !== 'GCS') hands.disarm();
  }

  #checkBattery({ battery }: Vehicle, nowMs: number, view: FailsafeView, hands: FailsafeHands): void {
    const low = this.battery.check(battery, view.remainingMah, view.parameters, nowMs);
    if (low === null) return;
    const acts = low.action !== 'nothing';
    if (acts && view.flying) this.#act(low.action, view, hands);
    hands.say(low.text, MavSeverity.WARNING);
    if (acts) hands.say('Battery Failsafe', MavSeverity.WARNING);
    if (acts && !view.flying) hands.disarm();
  }

  #act(action: FailsafeAction, { parameters }: FailsafeView, hands: FailsafeHands): void {
    hands.act(action);
    const lets = (parameters.value('FS_OPTIONS') & FsOption.RELEASES_GRIPPER) !== 0;
    if (lets && action !== 'nothing') hands.letGo();
  }

  #checkFence(nowMs: number, view: FailsafeView, hands: FailsafeHands): void {
    const change = this.fence.step(view, nowMs);
    if (change === null) return;
    const acts = change.action !== 'nothing';
    if (acts && view.flying) hands.act(change.action);
    if (change.on) hands.fenceChanged();
    if (view.flying) hands.say(change.text, MavSeverity.NOTICE);
    if (acts && view.flying) hands.say('Manual recovery started', MavSeverity.INFO);
    if (acts && !view.flying) hands.disarm();
    if (acts && (view.parameters.value('FENCE_OPTIONS') & KEEPS_MODE) !== 0) hands.recover();
  }
}

/** Why a lost link changes nothing now, as FS_OPTIONS has it; null: it does. */
function continues(name: 'GCS' | 'Radio' | 'Battery', { parameters, mode }: FailsafeView): string | null {
  const options = parameters.value('FS_OPTIONS');
  const asks = (bit: number): boolean => (options & bit) !== 0;
  if (mode.name === 'LAND') return asks(FsOption.CONTINUES_LANDING) ? ' - Continuing Landing' : null;
  const auto = name === 'GCS' ? FsOption.GCS_CONTINUES_AUTO : FsOption.RADIO_CONTINUES_AUTO;
  if (mode.name === 'AUTO') return asks(auto) ? ' - Continuing Auto Mode' : null;
  if (name === 'Radio') {
    return mode.name === 'GUIDED' && asks(FsOption.RADIO_CONTINUES_GUIDED) ? ' - Continuing Guided Mode' : null;
  }
  return mode.piloted && asks(FsOption.GCS_CONTINUES_PILOTED) ? ' - Continuing Pilot Control' : null;
}
