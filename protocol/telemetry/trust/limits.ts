/**
 * Every number the verdict hangs on, with where it comes from. Tuned on simulated flights whose noise is drawn from the
 * residuals of a recorded one (testing/); `hours.test.ts` and `faults.test.ts` prove them with other seeds.
 */
export interface TrustLimits {
  /** A position older than this is not one of now. Streams come at 1–5 Hz. */
  readonly positionFreshMs: number;
  /** A receiver is asked for at 1 Hz, 0.5 on a narrow line. */
  readonly gpsFreshMs: number;
  /** Clean so long before it is trusted, again or for the first time. */
  readonly settleMs: number;
}

/** On the drone. */
export const NEAR_LIMITS: TrustLimits = { positionFreshMs: 2_000, gpsFreshMs: 5_000, settleMs: 3_000 };
/** Over the live lane: 1 Hz, 0.5 at the least, each kind by itself. */
export const FAR_LIMITS: TrustLimits = { positionFreshMs: 3_000, gpsFreshMs: 12_000, settleMs: 3_000 };

/** Nobody delivers within a kilometre of 0, 0, in the Gulf of Guinea. */
export const ZERO_DEG = 0.01;
export const ALT_RANGE_M = [-500, 9_000] as const;
export const MAX_SPEED_MPS = 60;

/** A step that the mean speed over it does not explain, m; and more for each second of it (speed is sampled, not known). */
export const JUMP_M = 12;
export const JUMP_M_PER_S = 4;
/** Without a speed: as fast as anything of this class flies. */
export const UNKNOWN_SPEED_MPS = 30;
/** A silence longer than this is bridged by dead reckoning, not by the last speed. */
export const BRIDGE_MS = 5_000;
/** Past the radius of the estimate by so much, it cannot be there. */
export const TELEPORT_M = 30;

export const FROZEN_MS = 1_500;
export const FROZEN_SPEED_MPS = 2;
export const FROZEN_SPREAD_M = 0.2;
/** Leaning so far in the air means moving, or air that moves: a real estimate then never repeats to the centimetre. */
export const FROZEN_TILT_RAD = 0.21;

/** A stamp this late behind the fastest one is old; a busy line delays by some hundred ms. */
export const STAMP_LATE_MS = 1_500;
export const STAMP_STILL_MS = 600;
export const STAMP_AHEAD_MS = 10_000;
export const STAMP_WINDOW_MS = 60_000;
/** Late by the same for so long: it is the autopilot's clock that has changed (a simulated one loses time under load). */
export const STAMP_SAME_MS = 20_000;
export const STAMP_SAME_SPREAD_MS = 300;
/** After a silence this long a restart may have gone further than the last run had come. */
export const STAMP_SILENCE_MS = 5_000;
/** Its time as asked is believed this far from its stamps: farther off it is another clock than theirs. */
export const STAMP_CLOCK_WITHIN_MS = 60_000;
export const STAMP_CLOCK_SLACK_MS = 50;
/** From so late on its time is worth asking for, well before it matters. */
export const STAMP_ASK_MS = 600;
/** Between two of whatever comes more than this is a line that holds its breath, not time in which something was seen. */
export const EVIDENCE_GAP_MS = 1_000;

/** Fewer satellites or a wider error than this is no position to act on: [bad, good again]. */
export const SATELLITES = [5, 7] as const;
export const HDOP = [2.5, 2.2] as const;
export const ACCURACY_M = [8, 6] as const;

/** Receivers report their place up to this late (observed 0.2 s, by their own lag and the 1 Hz report). */
export const GPS_LAG_S = 0.8;
/** Receiver against estimate, m, widened by the error the receiver admits. */
export const GPS_GAP_M = 12;
export const GPS_GAP_PER_ACCURACY = 1.5;
/** So much more needs no second look. */
export const GPS_GAP_SURE_M = 6;
export const MAX_ACCURACY_M = 6;

export const DRIFT_WINDOW_MS = 25_000;
export const DRIFT_STEP_MS = 900;
/** The estimate against its own speed; the receiver against the speed of the estimate, and against its own, m. */
export const DRIFT_FUSED_M = 10;
export const DRIFT_GPS_M = 15;
/** Good again under this part of a limit. */
export const LEAVE_PART = 0.6;

/** Test ratios: the autopilot's own failsafe acts at 0.8, at 1 the estimator refuses the sensor. */
export const RATIO_BAD = 0.8;
export const RATIO_GOOD = 0.5;

/** A barometer in a wind, under propellers, in another air than the standard one. */
export const BARO_FUSED_M = 25;
export const BARO_GPS_M = 40;
/** Air 28 °C off the standard makes a tenth of the height. */
export const BARO_PER_HEIGHT = 0.1;
/** The weather moves the pressure by about 8 m/h; what is slower than this is taken as weather. */
export const BARO_SETTLE_S = 300;
