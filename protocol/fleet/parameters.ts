/**
 * The parameters of an autopilot as one text, so that two snapshots are the same when their hashes are: a line each, by name,
 * `NAME type value` with the value as the shortest decimal that is the same float32 (what messages carry; files carry integers whole).
 * What an autopilot writes by itself from flight to flight is left out.
 */
export interface ListedValue {
  readonly name: string;
  readonly value: number;
  /** MAV_PARAM_TYPE. */
  readonly type: number;
}

/** Counts, list lengths, what it measured at boot or learnt in flight (docs/fleet-configuration.md has the list). */
const VOLATILE =
  /^(STAT_|SYSID_SW|MIS_TOTAL$|FENCE_TOTAL$|RALLY_TOTAL$|BARO\d*_GND_PRESS$|GND_ABS_PRESS|GND_TEMP$|INS_GYR\d*OFFS|INS_GYR\d?_CALTEMP|COMPASS_OFS\d?_|COMPASS_DEC$|MOT_THST_HOVER$|LND_FLIGHT_T|COM_FLIGHT_UUID$)/;

/** True of one board, its sensors and its transmitter only: never compared with another drone. */
export const CALIBRATION =
  /^(INS_ACC|INS_GYR|INS_TCAL|INS_POS|COMPASS_(OFS|DIA|ODI|MOT|SCALE|PRIO|ORIENT|DEC)|AHRS_TRIM|RC\d+_(MIN|MAX|TRIM)$|BATT\d*_(VOLT_MULT|AMP_PERVLT|AMP_OFFSET|SERIAL_NUM)|BARO\d*_(ALT_OFFSET|PRIMARY)|SYSID_THISMAV$|MAV_SYSID$|BRD_SERIAL_NUM$|CAL_|SENS_BOARD|MAV_SYS_ID$)/;
const DEVICE = /(_DEVID|_DEV_ID\d?)$/;

export function isVolatile(name: string): boolean {
  return VOLATILE.test(name);
}

/** Of this drone only, by its nature. */
export function isOwn(name: string): boolean {
  return CALIBRATION.test(name) || DEVICE.test(name);
}

/** A float32 as short as it is exact: 0.800000011920929 → 0.8. */
export function shownFloat(value: number): string {
  const fround = Math.fround(value);
  for (let digits = 1; digits < 10; digits++) {
    const short = Number(fround.toPrecision(digits));
    if (Math.fround(short) === fround) return String(short);
  }
  return String(value);
}

export function canonicalParameters(list: Iterable<ListedValue>): string {
  const kept = [...list].filter(({ name }) => !isVolatile(name));
  const byName = kept.sort((a, b) => (a.name < b.name ? -1 : 1));
  return byName.map(({ name, type, value }) => `${name} ${type} ${shownFloat(value)}\n`).join('');
}

/** The other way round; null for what is no such text. */
export function parametersOf(text: string): ReadonlyMap<string, number> | null {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, name, value] = /^([A-Za-z0-9_]{1,16}) \d{1,3} (\S{1,24})$/.exec(line) ?? [];
    if (name === undefined || value === undefined || Number.isNaN(Number(value))) return null;
    found.set(name, Number(value));
  }
  return found;
}
