import { CopterMode } from '@skein/protocol/mavlink';

/** What a failsafe wants done with a vehicle that is in the air. */
export type FailsafeAction = 'nothing' | 'land' | 'return' | 'brake' | 'alt-hold';

/** A failsafe has come up or gone; `text` is what the autopilot says about it. */
export interface FailsafeEvent {
  readonly on: boolean;
  readonly name: 'GCS' | 'Radio' | 'Battery' | 'EKF';
  readonly action: FailsafeAction;
}

// Bits of FS_OPTIONS: in which modes a lost link changes nothing, and what else is done.
export const FsOption = {
  RADIO_CONTINUES_AUTO: 1,
  GCS_CONTINUES_AUTO: 2,
  RADIO_CONTINUES_GUIDED: 4,
  CONTINUES_LANDING: 8,
  GCS_CONTINUES_PILOTED: 16,
  /** Whatever else it does, it lets its load go. */
  RELEASES_GRIPPER: 32,
} as const;

/** The mode that does it; null: none. Without a position it cannot return: it lands. */
export function modeFor(action: FailsafeAction, located: boolean): number | null {
  switch (action) {
    case 'nothing':
      return null;
    case 'return':
      return located ? CopterMode.RTL : CopterMode.LAND;
    case 'brake':
      return CopterMode.BRAKE;
    case 'alt-hold':
      return CopterMode.ALT_HOLD;
    default:
      return CopterMode.LAND;
  }
}
