import type { Autopilot } from '../autopilot/autopilot.ts';
import { installPx4 } from './px4/install.ts';

/** Makes an autopilot speak and decide as another make does. The body, the modes' motion, the lines and files stay the same. */
export type Flavour = (autopilot: Autopilot) => void;

export const flavours = {
  ardupilot: () => {},
  px4: installPx4,
} as const satisfies Readonly<Record<string, Flavour>>;

export type FlavourName = keyof typeof flavours;
