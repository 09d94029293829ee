/**
 * The parameters of an autopilot as a file. Ours is JSON and says whose they are; those of Mission Planner (`NAME,VALUE`),
 * MAVProxy (`NAME VALUE`) and QGroundControl (tab-separated, with ids and type) are read as well.
 */

export const FORMAT = 'skein-parameters/1';

export interface Snapshot {
  readonly format: typeof FORMAT;
  /** RFC 3339, or null while nobody knew the time. */
  readonly takenAt: string | null;
  readonly drone: string | null;
  /** Hardware id of the autopilot; null when the file does not say. */
  readonly uid2: string | null;
  readonly flavour: string | null;
  readonly version: string | null;
  readonly parameters: Readonly<Record<string, number>>;
}

export type ParsedSnapshot =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly reason: string };

const NAME = /^[A-Za-z0-9_]{1,16}$/;
/** ArduPilot has some 1 400, PX4 some 1 900. */
const MAX_PARAMETERS = 10_000;

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function fromJson(read: unknown): ParsedSnapshot {
  if (typeof read !== 'object' || read === null) return { ok: false, reason: 'it is not a snapshot' };
  const { format, takenAt, drone, uid2, flavour, version, parameters } = read as Record<string, unknown>;
  if (format !== FORMAT) return { ok: false, reason: `its format is not ${FORMAT}` };
  if (typeof parameters !== 'object' || parameters === null) return { ok: false, reason: 'it has no parameters' };
  const entries = Object.entries(parameters);
  const wrong = entries.find(
    ([name, value]) => !NAME.test(name) || typeof value !== 'number' || !Number.isFinite(value),
  );
  if (wrong !== undefined) return { ok: false, reason: `${wrong[0]} = ${JSON.stringify(wrong[1])} is no parameter` };
  if (entries.length > MAX_PARAMETERS) return { ok: false, reason: `more than ${MAX_PARAMETERS} parameters` };
  const about = { takenAt: text(takenAt), drone: text(drone), uid2: text(uid2), flavour: text(flavour) };
  const snapshot = {
    format: FORMAT,
    ...about,
    version: text(version),
    parameters: Object.fromEntries(entries),
  } as const;
  return { ok: true, snapshot };
}

/** A line of a foreign file: name and value, or null for an empty line or a comment. */
function lineOf(line: string): readonly [name: string, value: number] | null | 'wrong' {
  const trimmed = line.replace(/#.*$/, '').trim();
  if (trimmed === '' || trimmed.startsWith('//')) return null;
  const words = trimmed.split(/[,\t ]+/);
  // QGroundControl writes vehicle id, component id, name, value, type.
  const [name = '', value = ''] = words.length >= 5 ? words.slice(2) : words;
  const number = Number(value);
  return NAME.test(name) && value !== '' && Number.isFinite(number) ? [name, number] : 'wrong';
}

/** Reads any of the formats. Never throws. */
export function parseSnapshot(content: string): ParsedSnapshot {
  if (content.trimStart().startsWith('{')) {
    try {
      return fromJson(JSON.parse(content));
    } catch {
      return { ok: false, reason: 'it is damaged JSON' };
    }
  }
  const parameters: Record<string, number> = {};
  const lines = content.split(/\r?\n/);
  if (lines.length > MAX_PARAMETERS * 2) return { ok: false, reason: 'it has too many lines' };
  for (const [index, line] of lines.entries()) {
    const read = lineOf(line);
    if (read === null) continue;
    if (read === 'wrong') return { ok: false, reason: `line ${index + 1} is no parameter: ${line.slice(0, 60)}` };
    parameters[read[0]] = read[1];
  }
  if (Object.keys(parameters).length === 0) return { ok: false, reason: 'it has no parameters' };
  const about = { takenAt: null, drone: null, uid2: null, flavour: null, version: null };
  return { ok: true, snapshot: { format: FORMAT, ...about, parameters } };
}

/** One parameter a line, in order of name: two snapshots compare well with any tool. */
export function renderSnapshot(snapshot: Snapshot): string {
  const { parameters, ...about } = snapshot;
  const sorted = Object.fromEntries(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ ...about, parameters: sorted }, null, 1)}\n`;
}
