/**
 * What the batteries gave: from what the autopilot has counted, the difference between two moments. It counts from zero
 * again when it restarts, so steps are added and a step back counts for nothing.
 */
import type { Values } from '@skein/protocol/telemetry';

interface Counted {
  mAh: number;
  wh: number;
  /** The autopilot counts energy by itself. */
  joules: boolean;
  consumedMah: number | null;
  consumedJ: number | null;
}

interface Total {
  readonly mAh: number | null;
  readonly wh: number | null;
}

export class EnergyUse {
  readonly #packs = new Map<number, Counted>();
  #from: Total = { mAh: null, wh: null };
  #of: EnergyUse | null = null;

  take({ instance, consumedMah, consumedJ, voltageV }: Values<'battery'>): void {
    if (instance === null || (consumedMah === null && consumedJ === null)) return;
    const pack = this.#packs.get(instance) ?? { mAh: 0, wh: 0, joules: false, consumedMah: null, consumedJ: null };
    this.#packs.set(instance, pack);
    const step = (now: number | null, before: number | null): number =>
      now === null || before === null ? 0 : Math.max(0, now - before);
    const stepMah = step(consumedMah, pack.consumedMah);
    pack.mAh += stepMah;
    pack.joules ||= consumedJ !== null && consumedJ > 0;
    pack.wh += pack.joules ? step(consumedJ, pack.consumedJ) / 3600 : (stepMah / 1000) * (voltageV ?? 0);
    pack.consumedMah = consumedMah;
    pack.consumedJ = consumedJ;
  }

  #total(): Total {
    const packs = [...this.#packs.values()];
    if (packs.length === 0) return { mAh: null, wh: null };
    return {
      mAh: packs.reduce((sum, pack) => sum + pack.mAh, 0),
      wh: packs.reduce((sum, pack) => sum + pack.wh, 0),
    };
  }

  /** From now on. */
  begin(): EnergyUse {
    const use = new EnergyUse();
    use.#of = this;
    use.#from = this.#total();
    return use;
  }

  /** Since it began; null: the autopilot counts nothing. */
  used(): Total {
    const now = (this.#of ?? this).#total();
    const since = (value: number | null, from: number | null): number | null =>
      value === null ? null : value - (from ?? 0);
    const mAh = since(now.mAh, this.#from.mAh);
    const wh = since(now.wh, this.#from.wh);
    // Charge without a voltage is no energy.
    return { mAh, wh: wh === 0 && (mAh ?? 0) > 0 ? null : wh };
  }
}
