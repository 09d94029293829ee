/** Who has control, as a sample and in presence; a sample when something of it changed, and once a minute. */
import type { ControlSnapshot, OtherWriter } from '@skein/hardware/autopilot';
import type { Sample } from '@skein/protocol/telemetry';

const EVERY_MS = 60_000;
const MAX_WHY = 200;

export interface ControlReport {
  readonly control: ControlSnapshot;
  readonly commander: string | null;
  readonly writers: readonly OtherWriter[];
}

export const presenceOf = ({ control, commander }: Omit<ControlReport, 'writers'>) => ({
  state: control.state,
  commander,
  why: control.why.slice(0, MAX_WHY),
});

export class ControlSampler {
  #before = '';
  #saidMs = Number.NEGATIVE_INFINITY;

  /** Null: nothing new. */
  sample(report: ControlReport, nowMs: number): (Sample & { kind: 'control' }) | null {
    const { control, commander } = report;
    const writers = report.writers.map(({ sysid, compid, role }) => ({ sysid, compid, role }));
    const values = {
      state: control.state,
      commander,
      why: control.why.slice(0, MAX_WHY),
      writers: JSON.stringify(writers),
    };
    const now = JSON.stringify(values);
    if (now === this.#before && nowMs - this.#saidMs < EVERY_MS) return null;
    this.#before = now;
    this.#saidMs = nowMs;
    return { kind: 'control', monoUs: Math.round(nowMs * 1000), bootMs: null, values };
  }
}
