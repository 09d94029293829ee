import type { Driver } from '../driver.ts';
import type { Simulator } from '../simulator.ts';

/** What a transport is given to connect itself to. */
export interface TransportHost {
  readonly simulator: Simulator;
  readonly driver: Driver;
  /** Tells whoever started the program, as one JSON line. */
  readonly tell: (event: Readonly<Record<string, string | number>>) => void;
}

export interface Transport {
  close(): Promise<void>;
}
