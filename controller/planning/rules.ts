/** What planning keeps to besides the limits that every itinerary is judged by, with the reason of each number. */
import type { Rules } from './ports.ts';

export const DEFAULT_RULES: Rules = {
  /** Parcels are loaded at bases only; a phone's position is good to some tens of metres. */
  pickupWithinM: 100,
  /** Straight, from the base. */
  dropOffMaxM: 15_000,
  /** No two released plans come closer than this across and up at once. */
  separationAcrossM: 50,
  separationUpM: 20,
  /** Over roofs and trees; layers lie at least separation and twice the height's error apart. */
  lowestLayerM: 40,
  layerStepM: 25,
  /** How far a drone may be beside its line: GNSS, wind, turns flown round. */
  trackErrorM: 10,
  /** Barometer and drift of home within a flight. */
  heightErrorM: 2,
  /** Kept from zones; more than the limits' `marginM`, which the drone's own check refuses below. */
  zoneMarginM: 15,
  /** From `start` to lifting: reading back, arming, spinning up. */
  startSlackS: 60,
  /** A flight is so much faster or slower than the model, as a share of the time since its start. */
  earlyPct: 10,
  latePct: 15,
  gateS: 60,
  /** Hover of `winch` and `drop`. */
  releaseAltM: 12,
  /** How long a start waits for free air before another way is looked for. */
  delayMaxS: 900,
  /** People load within this, as expected. */
  loadingS: 120,
  /** A delivery may still be begun at its gate so long after it was meant to: it may have been held on the way. */
  readyS: 900,
  windMaxMps: 10,
  gustMaxMps: 14,
  /** How far a wind may lie from what is told. */
  windErrorMps: 2,
  temperatureMinC: -10,
  temperatureMaxC: 40,
  /** On top of the model for a drone that is not calibrated, and at least half of it for one that is. */
  energyMarginPct: 15,
  /** An order that has waited so long counts one priority higher. */
  agingS: 600,
  /** How long before its time window an order is planned. */
  aheadS: 900,
};
