import { MavSeverity, MavType } from '@skein/protocol/mavlink';
import type { Autopilot } from '../../autopilot/autopilot.ts';
import { type Px4Mode, px4Modes } from './modes.ts';
import type { Px4Parameters } from './parameters.ts';
import type { Pilotage } from './pilotage.ts';

/** NAV_DLL_ACT and NAV_RCL_ACT; other numbers do nothing here. */
const actions: Readonly<Record<number, Px4Mode>> = { 1: px4Modes.hold, 2: px4Modes.return, 3: px4Modes.land };
/** COM_DLL_EXCEPT and COM_RCL_EXCEPT: modes that go on. */
const exceptions: readonly (readonly [bit: number, mode: Px4Mode])[] = [
  [1, px4Modes.mission],
  [2, px4Modes.hold],
];
/** COM_LOW_BAT_ACT: at the critical charge return (2, 3) or land (1). */
const batteryActions: Readonly<Record<number, Px4Mode>> = { 1: px4Modes.land, 2: px4Modes.return, 3: px4Modes.return };

interface Loss {
  readonly words: string;
  readonly back: string;
  readonly action: string;
  readonly except: string;
  lost: boolean;
}

/**
 * Lost ground station (any heartbeat of type GCS counts, and never seen is never lost), lost sticks, low battery. A failsafe that moves the
 * vehicle holds first, for COM_FAIL_ACT_T seconds.
 */
export class Px4Failsafes {
  readonly #autopilot: Autopilot;
  readonly #parameters: Px4Parameters;
  readonly #pilotage: Pilotage;
  readonly #say: (text: string, severity: number) => void;
  #stationHeardMs: number | null = null;
  #sticksHeardMs = 0;
  readonly #station: Loss = {
    words: 'Connection to ground station lost',
    back: 'Connection to ground station regained',
    action: 'NAV_DLL_ACT',
    except: 'COM_DLL_EXCEPT',
    lost: false,
  };
  readonly #sticks: Loss = {
    words: 'Manual control lost',
    back: 'Manual control regained',
    action: 'NAV_RCL_ACT',
    except: 'COM_RCL_EXCEPT',
    lost: false,
  };
  #low = false;
  #next: { readonly atMs: number; readonly mode: Px4Mode } | null = null;
  acting = false;

  constructor(options: {
    readonly autopilot: Autopilot;
    readonly parameters: Px4Parameters;
    readonly pilotage: Pilotage;
    readonly say: (text: string, severity: number) => void;
  }) {
    this.#autopilot = options.autopilot;
    this.#parameters = options.parameters;
    this.#pilotage = options.pilotage;
    this.#say = options.say;
  }

  get sticksLost(): boolean {
    return this.#sticks.lost;
  }

  heardHeartbeat(type: number): void {
    if (type === MavType.GCS) this.#stationHeardMs = this.#autopilot.nowMs;
  }

  restart(): void {
    this.#stationHeardMs = null;
    this.#station.lost = false;
    this.#sticks.lost = false;
    this.#low = false;
    this.#next = null;
    this.acting = false;
  }

  /** Ten times a second. */
  step(): void {
    const { nowMs, troubles } = this.#autopilot;
    if (troubles.transmitterOn) this.#sticksHeardMs = nowMs;
    const sinceStation = this.#stationHeardMs === null ? 0 : nowMs - this.#stationHeardMs;
    this.#watch(this.#station, sinceStation > this.#parameters.value('COM_DL_LOSS_T') * 1_000);
    this.#watch(this.#sticks, nowMs - this.#sticksHeardMs > this.#parameters.value('COM_RC_LOSS_T') * 1_000);
    this.#watchBattery();
    if (!this.#pilotage.armed) {
      this.#next = null;
      this.acting = false;
    }
    if (this.#next !== null && nowMs >= this.#next.atMs) {
      const { mode } = this.#next;
      this.#next = null;
      this.#pilotage.setMode(mode);
    }
  }

  #watch(loss: Loss, lost: boolean): void {
    if (lost === loss.lost) return;
    loss.lost = lost;
    this.#say(lost ? loss.words : loss.back, lost ? MavSeverity.WARNING : MavSeverity.INFO);
    const { mode } = this.#pilotage;
    const excepted = exceptions.some(
      ([bit, except]) => (this.#parameters.value(loss.except) & bit) !== 0 && mode === except,
    );
    if (lost && !excepted) this.#act(actions[this.#parameters.value(loss.action)]);
  }

  #watchBattery(): void {
    const { remainingMah, vehicle } = this.#autopilot;
    const left = remainingMah / vehicle.battery.capacityMah;
    const low = left < this.#parameters.value('BAT_CRIT_THR');
    if (low === this.#low) return;
    this.#low = low;
    if (!low) return;
    this.#say('Critical battery level! Return advised', MavSeverity.CRITICAL);
    this.#act(batteryActions[this.#parameters.value('COM_LOW_BAT_ACT')]);
  }

  #act(mode: Px4Mode | undefined): void {
    if (mode === undefined || !this.#pilotage.armed || this.#pilotage.landed) return;
    this.acting = true;
    const delayS = mode === px4Modes.hold ? 0 : this.#parameters.value('COM_FAIL_ACT_T');
    this.#pilotage.setMode(delayS > 0 ? px4Modes.hold : mode);
    if (delayS > 0) {
      this.#next = { atMs: this.#autopilot.nowMs + delayS * 1_000, mode };
      this.#say(`Failsafe activated, entering Hold for ${delayS} seconds`, MavSeverity.CRITICAL);
    } else this.#say(`Failsafe activated: switching to ${mode.name}`, MavSeverity.CRITICAL);
  }
}
