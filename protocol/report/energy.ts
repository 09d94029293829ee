/**
 * What the batteries gave, by what the autopilot has counted. It counts from zero again when it restarts: steps are added
 * up, a step back counts for nothing.
 */

export interface BatteryValues {
  readonly instance?: number | null;
  readonly voltageV?: number | null;
  readonly consumedMah?: number | null;
  readonly consumedJ?: number | null;
}

export interface EnergyTotal {
  readonly mAh: number;
  readonly wh: number;
}

interface Pack {
  mAh: number;
  wh: number;
  /** It counts energy by itself. */
  joules: boolean;
  consumedMah: number | null;
  consumedJ: number | null;
}

const MAX_PACKS = 16;
const step = (now: number | null, before: number | null): number =>
  now === null || before === null ? 0 : Math.max(0, now - before);

export class EnergyUse {
  readonly #packs = new Map<number, Pack>();

  take({ instance, voltageV = null, consumedMah = null, consumedJ = null }: BatteryValues): void {
    if (consumedMah === null && consumedJ === null) return;
    const key = instance ?? 0;
    let pack = this.#packs.get(key);
    if (pack === undefined) {
      if (this.#packs.size === MAX_PACKS) return;
      pack = { mAh: 0, wh: 0, joules: false, consumedMah: null, consumedJ: null };
      this.#packs.set(key, pack);
    }
    const mAh = step(consumedMah, pack.consumedMah);
    pack.mAh += mAh;
    pack.joules ||= consumedJ !== null && consumedJ > 0;
    pack.wh += pack.joules ? step(consumedJ, pack.consumedJ) / 3600 : (mAh / 1000) * (voltageV ?? 0);
    pack.consumedMah = consumedMah;
    pack.consumedJ = consumedJ;
  }

  /** Of all packs up to now. */
  get total(): EnergyTotal {
    const packs = [...this.#packs.values()];
    return {
      mAh: packs.reduce((sum, pack) => sum + pack.mAh, 0),
      wh: packs.reduce((sum, pack) => sum + pack.wh, 0),
    };
  }

  /** Since it was `before`. Null: nothing counts it. Charge without a voltage is no energy. */
  used(before: EnergyTotal = { mAh: 0, wh: 0 }): { readonly mAh: number; readonly wh: number | null } | null {
    if (this.#packs.size === 0) return null;
    const now = this.total;
    const [mAh, wh] = [now.mAh - before.mAh, now.wh - before.wh];
    return { mAh, wh: wh === 0 && mAh > 0 ? null : wh };
  }
}
