/**
 * Ways to break planning, each a change of the real source that a test must notice (`mutations.test.ts`). A text that is not
 * found exactly once is an error: the list follows the code.
 */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'the way back is not kept',
    file: 'tube.ts',
    from: 'spans.push(...along(phase, what, plane,',
    to: "if (what !== 'back') spans.push(...along(phase, what, plane,",
  },
  {
    name: 'the way back from a shut gate is not kept',
    file: 'tube.ts',
    from: "if (phase.of === 'gate' && gateBack !== null)",
    to: "if (phase.of === 'climb' as string && gateBack !== null)",
  },
  {
    name: 'a flight is never late',
    file: 'tube.ts',
    from: '(1 + rules.latePct / 100 + (calibration?.timeSpread ?? 0))',
    to: '1',
  },
  {
    name: 'the gate is passed at once',
    file: 'tube.ts',
    from: 'const slowS = phase.timeS * slower;',
    to: "const slowS = phase.of === 'gate' ? 0 : phase.timeS * slower;",
  },
  {
    name: 'take-off and landing are not kept',
    file: 'tube.ts',
    from: 'const { lowM, highM } = heights(phase);',
    to: 'const { lowM, highM } = heights(phase);\n  if (lowM !== highM) return [];',
  },
  {
    name: 'the slack of the start is forgotten',
    file: 'tube.ts',
    from: 'let lateS = rules.startSlackS;',
    to: 'let lateS = 0;',
  },
  {
    name: 'the separation across is halved',
    file: 'air.ts',
    from: 'rules.separationAcrossM + 2 * rules.trackErrorM',
    to: 'rules.separationAcrossM / 2',
  },
  {
    name: 'layers are ignored: the same height is apart',
    file: 'air.ts',
    from: 'if (gap >= upM) continue;',
    to: 'if (gap >= 0) continue;',
  },
  {
    name: 'heights of bases are not compared with the sea',
    file: 'air.ts',
    from: 'return asked.groundAmslM - other.groundAmslM;',
    to: 'return 0;',
  },
  {
    name: 'the ground is not known, so it is level',
    file: 'air.ts',
    from: 'if (asked.groundAmslM === null || other.groundAmslM === null) return null;',
    to: 'if (asked.groundAmslM === null || other.groundAmslM === null) return 0;',
  },
  {
    name: 'the earliest start ends with the first meeting',
    file: 'air.ts',
    from: 'delayUs = one.toUs + 1;',
    to: 'delayUs = one.toUs + 1;\n    break;',
  },
  {
    name: 'remembered charge is ignored',
    file: 'drones.ts',
    from: 'Math.min(reportedPct, rememberedPct)',
    to: 'reportedPct',
  },
  {
    name: 'the parcel weighs nothing',
    file: 'energy.ts',
    from: '(airframe.emptyKg + payloadKg) / airframe.emptyKg',
    to: '1',
  },
  {
    name: 'the margin of the model is dropped',
    file: 'energy.ts',
    from: 'if (calibration === null) return 1 + margin;',
    to: 'if (calibration === null) return 1;',
  },
  {
    name: 'calibration is ignored',
    file: 'energy.ts',
    from: 'return calibration.energyRatio * (1 +',
    to: 'return 1 * (1 +',
  },
  {
    name: 'a cold pack gives all',
    file: 'energy.ts',
    from: 'Math.max(0.5, Math.min(1, 1 - 0.01 * (20 - temperatureC)))',
    to: '1',
  },
  {
    name: 'the wind’s sign is flipped',
    file: 'flight.ts',
    from: 'fromDeg: weather.windFromDeg,',
    to: 'fromDeg: (weather.windFromDeg + 180) % 360,',
  },
  {
    name: 'the reserve is not kept',
    file: 'flight.ts',
    from: 'if (energy.leftPct < limits.reservePct) return',
    to: 'if (energy.leftPct < 0) return',
  },
  { name: 'a pad is booked twice', file: 'pads.ts', from: '.every((one) => one === drone)', to: '.every(() => true)' },
  {
    name: 'a pad with a drone on it is free',
    file: 'pads.ts',
    from: 'if (there !== null && there !== drone) return false;',
    to: '',
  },
  {
    name: 'a zone’s height band is inverted',
    file: 'zones.ts',
    from: 'return lowM <= to && highM >= from;',
    to: 'return !(lowM <= to && highM >= from);',
  },
  {
    name: 'a zone’s margin is forgotten',
    file: 'zones.ts',
    from: 'if (nearBox(leg, area, marginM) && outsideM(leg, area) < marginM) return false;',
    to: 'if (nearBox(leg, area, marginM) && outsideM(leg, area) < -1e9) return false;',
  },
  {
    name: 'a zone that ends never holds',
    file: 'zones.ts',
    from: '(validToUtcUs ?? Number.POSITIVE_INFINITY) >= fromUtcUs',
    to: 'validToUtcUs === null',
  },
  {
    name: 'the straight way back is not looked at',
    file: 'sketches.ts',
    from: 'gateAlong: !straight,',
    to: 'gateAlong: false && !straight,',
  },
  {
    name: 'the end of the time window is ignored',
    file: 'flight.ts',
    from: "if (kind === 'ferry' || order.notAfterUtcUs === null)",
    to: "if (kind !== 'other' as string || order.notAfterUtcUs === null)",
  },
  { name: 'a ground stop is ignored', file: 'plan.ts', from: 'if (stop !== null) {', to: 'if (stop === undefined) {' },
  {
    name: 'a ground stop at the drone is ignored',
    file: 'drones.ts',
    from: "if (stop !== null) return not('ground-stop'",
    to: "if (stop === undefined) return not('ground-stop'",
  },
  {
    name: 'the limit of the wind is ignored',
    file: 'drones.ts',
    from: 'if (windMps > rules.windMaxMps) {',
    to: 'if (windMps > 1_000) {',
  },
  {
    name: 'a pilot’s drone is taken',
    file: 'drones.ts',
    from: "['pilot', 'autopilot-failsafe', 'other-station']",
    to: '[]',
  },
  {
    name: 'a promised drone is taken',
    file: 'drones.ts',
    from: 'if (claim !== undefined) return',
    to: 'if (claim === null) return',
  },
  {
    name: 'waiting counts for nothing',
    file: 'turn.ts',
    from: 'order.priority + Math.max(0, nowUtcUs - order.placedUtcUs) / 1e6 / rules.agingS',
    to: 'order.priority + 0 * nowUtcUs * rules.agingS',
  },
];
