/** The battery check: every pack, its cells, charge, temperature and faults; the worst counts. */
import { sayRemembered } from '@skein/protocol/fleet';
import { MavBatteryChargeState } from '@skein/protocol/mavlink';
import type { Sample } from '@skein/protocol/telemetry';
import { ageOf, item } from './checks.ts';
import type { PreflightFacts, PreflightItem, PreflightVerdict } from './facts.ts';
import { CELL_FULL_V, FRESH_MS, LIMITS, TEMPERATURE_STOP_C, TEMPERATURE_WARN_C } from './limits.ts';

const ORDER: readonly PreflightVerdict[] = ['ok', 'warn', 'stop'];

interface Found {
  verdict: PreflightVerdict;
  readonly words: string[];
}

function note(found: Found, verdict: PreflightVerdict, words: string): void {
  if (ORDER.indexOf(verdict) > ORDER.indexOf(found.verdict)) found.verdict = verdict;
  found.words.push(words);
}

/** Lowest cell, or the mean of the cells where only the pack is measured; `guessed` cells come from the voltage. */
function cellV(facts: PreflightFacts, sample: Sample<'battery'>): { volts: number; how: string } | null {
  const { cellsV, voltageV } = sample.values;
  const known = (cellsV ?? []).filter((volts): volts is number => volts !== null);
  if (known.length > 1) return { volts: Math.min(...known), how: `lowest of ${known.length} cells` };
  if (voltageV === null || voltageV <= 0) return null;
  const cells = facts.cells > 0 ? facts.cells : Math.ceil(voltageV / CELL_FULL_V);
  return { volts: voltageV / cells, how: facts.cells > 0 ? `mean of ${cells} cells` : `mean, taken as ${cells} cells` };
}

function temperature(found: Found, celsius: number | null): void {
  if (celsius === null) return;
  const outside = ([low, high]: readonly [number, number]) => celsius < low || celsius > high;
  if (outside(TEMPERATURE_STOP_C)) note(found, 'stop', `${celsius} °C is outside what it may be used at`);
  else if (outside(TEMPERATURE_WARN_C)) note(found, 'warn', `${celsius} °C costs range`);
}

function chargeWords(charge: number | null, reported: number | null): string {
  if (charge === null) return 'charge unknown';
  return charge === reported ? `${charge} %` : sayRemembered(charge);
}

function pack(facts: PreflightFacts, sample: Sample<'battery'>): Found & { readonly value: string } {
  const limits = LIMITS[facts.profile];
  const { remainingPct, temperatureC, faults, chargeState, instance, voltageV } = sample.values;
  const found: Found = { verdict: 'ok', words: [] };
  const cell = cellV(facts, sample);
  if (cell === null) note(found, 'warn', 'no voltage is reported');
  else if (cell.volts < limits.cellStopV) note(found, 'stop', `${cell.volts.toFixed(2)} V a cell (${cell.how})`);
  else if (cell.volts < limits.cellWarnV) note(found, 'warn', `${cell.volts.toFixed(2)} V a cell (${cell.how})`);
  // A reboot of the autopilot refills the battery on paper: the lower of what it says and what is remembered counts.
  const remembered = instance === 0 ? facts.rememberedPct : null;
  const known = [remainingPct, remembered].filter((pct): pct is number => pct !== null);
  const charge = known.length === 0 ? null : Math.min(...known);
  const shown = chargeWords(charge, remainingPct);
  if (charge === null) note(found, 'warn', 'its charge is not known');
  else if (charge < limits.chargeStopPct) note(found, 'stop', `${shown} is too little`);
  else if (charge < limits.chargeWarnPct) note(found, 'warn', `${shown} is little`);
  temperature(found, temperatureC);
  if ((faults ?? 0) !== 0) note(found, 'stop', `it reports faults (MAV_BATTERY_FAULT ${faults})`);
  const state = chargeState ?? MavBatteryChargeState.UNDEFINED;
  if (state === MavBatteryChargeState.LOW) note(found, 'warn', 'the autopilot calls it low');
  else if (state >= MavBatteryChargeState.CRITICAL && state <= MavBatteryChargeState.UNHEALTHY) {
    note(found, 'stop', 'the autopilot calls it critical or faulty');
  }
  const volts = voltageV === null ? '' : `${voltageV.toFixed(2)} V, `;
  const cells = cell === null ? '' : `${cell.volts.toFixed(2)} V a cell, `;
  return { ...found, value: `${volts}${cells}${shown}` };
}

export function battery(facts: PreflightFacts): PreflightItem {
  const { chargeStopPct, chargeWarnPct, cellStopV, cellWarnV } = LIMITS[facts.profile];
  const limit = `${cellStopV} V a cell, ${chargeStopPct} %, no faults; better ${cellWarnV} V, ${chargeWarnPct} %`;
  const bench = facts.profile === 'bench';
  const packs = facts.seen.batteries();
  if (packs.length === 0) return item('battery', bench ? 'warn' : 'stop', 'no battery is reported', { limit });
  const ageMs = Math.max(...packs.map((sample) => ageOf(facts, sample)));
  const found = packs.map((sample) => pack(facts, sample));
  const value = found.map(({ value }) => value).join('; ');
  if (ageMs > FRESH_MS) {
    return item('battery', bench ? 'warn' : 'stop', 'the battery is no longer reported', { value, limit, ageMs });
  }
  const verdict = ORDER[Math.max(...found.map(({ verdict }) => ORDER.indexOf(verdict)))] ?? 'stop';
  const words = found.flatMap(({ words }) => words).join('; ');
  return item('battery', verdict, words === '' ? 'charged and healthy' : words, { value, limit, ageMs });
}
