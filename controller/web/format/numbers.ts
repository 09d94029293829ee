/** Numbers as the page writes them: fixed places so that columns line up, a dash for what is not known. */
export const UNKNOWN = '–';
const MINUS = '\u2212';

/** `digits` places after the point; null, undefined, NaN and infinities are unknown. */
export function fixed(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `${MINUS}${text}` : text;
}

/** With its unit and a narrow no-break space: `34 m`. */
export function withUnit(value: number | null | undefined, unit: string, digits = 0): string {
  const text = fixed(value, digits);
  return text === UNKNOWN ? text : `${text}\u202f${unit}`;
}

/** Signed: `+1.2`, `−0.4`, `0.0`. */
export function signed(value: number | null | undefined, digits = 1): string {
  const text = fixed(value, digits);
  return text === UNKNOWN || text.startsWith(MINUS) || Number(text) === 0 ? text : `+${text}`;
}

/** Heading as three figures: `007`. 359.6 is `000`. */
export function heading(deg: number | null | undefined): string {
  if (deg === null || deg === undefined || !Number.isFinite(deg)) return UNKNOWN;
  return String(Math.round(((deg % 360) + 360) % 360) % 360).padStart(3, '0');
}

const WINDS = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'];

/** The nearest of eight winds. */
export function compassPoint(deg: number | null | undefined): string {
  if (deg === null || deg === undefined || !Number.isFinite(deg)) return UNKNOWN;
  return WINDS[Math.round((((deg % 360) + 360) % 360) / 45) % 8] ?? UNKNOWN;
}

/** Metres below 1 km, then kilometres: `840 m`, `1.2 km`, `37 km`. */
export function distance(metres: number | null | undefined): string {
  if (metres === null || metres === undefined || !Number.isFinite(metres)) return UNKNOWN;
  if (Math.abs(metres) < 999.5) return withUnit(metres, 'm');
  return withUnit(metres / 1000, 'km', Math.abs(metres) < 99_500 ? 1 : 0);
}

/** A round length as a scale says it: `50 m`, `2 km`. */
export function roundLength(metres: number): string {
  return metres < 1000 ? withUnit(metres, 'm', metres < 1 ? 1 : 0) : withUnit(metres / 1000, 'km');
}

/** Bytes in decimal units: `812 B`, `4.1 kB`, `2.0 GB`. */
export function bytes(count: number | null | undefined): string {
  if (count === null || count === undefined || !Number.isFinite(count)) return UNKNOWN;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return withUnit(value, units[unit] ?? 'B', unit === 0 || value >= 99.5 ? 0 : 1);
}

/** Counts: exact below 10 000, then `12k`, `3.4M`. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return UNKNOWN;
  if (value < 10_000) return fixed(value);
  if (value < 999_500) return `${fixed(value / 1000)}k`;
  return `${fixed(value / 1e6, 1)}M`;
}

/** `43.69512° N 7.25134° E`, five places: about a metre. */
export function latLon(latDeg: number | null | undefined, lonDeg: number | null | undefined): string {
  if (latDeg === null || latDeg === undefined || lonDeg === null || lonDeg === undefined) return UNKNOWN;
  const lat = `${Math.abs(latDeg).toFixed(5)}°\u202f${latDeg < 0 ? 'S' : 'N'}`;
  const lon = `${Math.abs(lonDeg).toFixed(5)}°\u202f${lonDeg < 0 ? 'W' : 'E'}`;
  return `${lat} ${lon}`;
}
