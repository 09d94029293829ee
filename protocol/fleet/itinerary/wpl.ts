/**
 * `QGC WPL 110`: a line an item, twelve fields apart by tabs: index, current, frame, command, four parameters, x, y, z,
 * autocontinue (mavlink.io, file formats; Mission Planner and QGroundControl open it). Its item 0 is home. It knows
 * neither fence nor rally points.
 */
import { type CompileOptions, compile } from './compile.ts';
import { type About, fileItem, type ReadFile, unreadable, type Written } from './file.ts';
import { type FileItem, type FormatRefusal, itemsOfMission, notInMission } from './from-mission.ts';
import { CMD, FRAME } from './mav.ts';
import type { Itinerary } from './schema.ts';

const HEADER = 'QGC WPL 110';
const FIELDS = 12;

export function readWpl(text: string, about: About): ReadFile {
  const [header, ...lines] = text.split(/\r?\n/).map((line) => line.trim());
  if (header !== HEADER) return unreadable(`the first line is not "${HEADER}"`);
  const file: FileItem[] = [];
  const wrong: FormatRefusal[] = [];
  for (const [at, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const numbers = line.split(/[\t ]+/).map(Number);
    const [index = 0, , frame = 0, command = 0, p1 = 0, p2 = 0, p3 = 0, p4 = 0, latDeg = 0, lonDeg = 0, altM = 0] =
      numbers;
    if (
      numbers.length !== FIELDS ||
      !Number.isInteger(index) ||
      numbers.some((one, i) => Number.isNaN(one) && (i < 4 || i > 7))
    ) {
      const words = `line ${at + 2}: not ${FIELDS} numbers apart by tabs`;
      wrong.push({ item: file.length, rule: 'format', value: line.slice(0, 64), limit: FIELDS, words });
    } else file.push({ index, frame, command, params: [p1, p2, p3, p4], latDeg, lonDeg, altM });
    if (wrong.length >= 20) break;
  }
  if (wrong.length > 0) return { ok: false, refusals: wrong };
  const [home] = file;
  const isHome = home?.index === 0 && home.command === CMD.NAV_WAYPOINT && home.frame === FRAME.GLOBAL;
  const known = isHome && (home.latDeg !== 0 || home.lonDeg !== 0);
  const { items, refusals, notes } = itemsOfMission(isHome ? file.slice(1) : file, known ? home.altM : null);
  if (refusals.length > 0) return { ok: false, refusals };
  if (items.length === 0) return unreadable('the file has no items');
  const base = known ? { base: { latDeg: home.latDeg, lonDeg: home.lonDeg } } : {};
  return { ok: true, itinerary: { ...about, ...base, items: [...items] }, notes };
}

export function writeWpl(itinerary: Itinerary, options: CompileOptions): Written {
  const { mission } = compile(itinerary, options);
  const shift = options.flavour === 'px4' ? 1 : 0;
  const { base } = itinerary;
  const home = { frame: FRAME.GLOBAL, command: CMD.NAV_WAYPOINT, params: [0, 0, 0, 0] as const, altM: 0 };
  const flown = (options.flavour === 'px4' ? mission : mission.slice(1)).map((item, i) => fileItem(item, i + 1, shift));
  const all: readonly FileItem[] = [
    { index: 0, ...home, latDeg: base?.latDeg ?? 0, lonDeg: base?.lonDeg ?? 0 },
    ...flown,
  ];
  const lines = all.map(({ index, frame, command, params, latDeg, lonDeg, altM }) =>
    [
      index,
      index === 0 ? 1 : 0,
      frame,
      command,
      ...params.map((p) => (Number.isNaN(p) ? 0 : p)),
      latDeg.toFixed(7),
      lonDeg.toFixed(7),
      altM,
      1,
    ].join('\t'),
  );
  const fenced = itinerary.fence !== undefined || (itinerary.rally ?? []).length > 0;
  return {
    text: `${[HEADER, ...lines].join('\n')}\n`,
    leftOut: [
      ...(fenced ? ['fence and rally points are not in the file: the format has no place for them'] : []),
      ...notInMission(itinerary.items),
    ],
  };
}
