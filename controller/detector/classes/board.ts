/** The companion computer: its health, its clock, its identity. */
import { armed, fresh, wasArmed } from '../seen.ts';
import { bad, type FindingClass, GOOD, UNCLEAR } from '../verdict.ts';

const BOARD_MS = 30_000;
const HOT_C = 85;
const COOL_C = 75;
const FULL_MB = 300;
const ROOM_MB = 600;
const MEMORY_FULL_MB = 40;
const MEMORY_ROOM_MB = 80;
/** A healthy card makes samples durable within seconds. */
const SLOW_CARD_MS = 20_000;
const QUICK_CARD_MS = 5_000;

export const BOARD: FindingClass = {
  ...{ name: 'board', severity: 'warning', onsetS: 20, clearS: 60, holds: true, proposes: null },
  gathers: null,
  when: 'its companion has 85 °C or more, is throttled, has less than 300 MB of disk or 40 MB of memory, or its card keeps samples waiting for 20 s',
  over: 'it has less than 75 °C, is not throttled, has 600 MB and 80 MB, and its card takes samples within 5 s',
  whatToDo:
    'Ask the agent with skein-agent doctor. Heat and low voltage: cooling and the power module; a slow or full card: change it',
  judge(seen) {
    const board = fresh(seen, 'board', BOARD_MS);
    if (board === null) return UNCLEAR;
    const { temperatureC, throttled, diskFreeMb, memoryFreeMb, notDurableMs } = board;
    const values = { temperatureC, throttled, diskFreeMb, memoryFreeMb, notDurableMs };
    if (temperatureC !== null && temperatureC >= HOT_C) return bad(`Its companion has ${temperatureC} °C`, values);
    if (throttled === true) return bad('Its companion is slowed by heat or low voltage', values);
    if (diskFreeMb !== null && diskFreeMb < FULL_MB) return bad(`${diskFreeMb} MB of its disk are free`, values);
    if (memoryFreeMb !== null && memoryFreeMb < MEMORY_FULL_MB) {
      return bad(`${memoryFreeMb} MB of its memory are free`, values);
    }
    if (notDurableMs !== null && notDurableMs >= SLOW_CARD_MS) {
      return bad(`Its card has kept samples waiting for ${Math.round(notDurableMs / 1e3)} s`, values);
    }
    const well =
      (temperatureC ?? 0) < COOL_C &&
      (diskFreeMb ?? ROOM_MB) >= ROOM_MB &&
      (memoryFreeMb ?? MEMORY_ROOM_MB) >= MEMORY_ROOM_MB &&
      (notDurableMs ?? 0) <= QUICK_CARD_MS;
    return well ? GOOD : UNCLEAR;
  },
};

const CLOCK_BAD_US = 2e6;
const CLOCK_GOOD_US = 1e6;

export const CLOCK: FindingClass = {
  ...{ name: 'clock', severity: 'warning', onsetS: 60, clearS: 10, holds: true, proposes: null },
  gathers: {
    words: 'their clocks cannot be trusted',
    whatToDo: 'Look at the time server they share, and at this controller: its own clock is one of their sources',
  },
  when: 'its clock is not set, its sources contradict each other, or it may be wrong by 2 s or more',
  over: 'it is set, its sources agree, and it is good to 1 s',
  whatToDo:
    'Its times cannot be trusted, nor that it keeps a deadline. Look at its network time and its GPS; see skein-agent doctor',
  judge({ clock, connected }) {
    if (clock === null || !connected) return UNCLEAR;
    const { source, errUs, standing } = clock;
    const errS = errUs === null ? null : Math.round(errUs / 1e4) / 100;
    if (source === 'unset') return bad('Its clock is not set', { source, errS });
    if (standing === 'split') return bad('Its sources of time contradict each other', { source, standing, errS });
    if (errUs !== null && errUs >= CLOCK_BAD_US) return bad(`Its clock may be wrong by ${errS} s`, { source, errS });
    return errUs === null || errUs <= CLOCK_GOOD_US ? GOOD : UNCLEAR;
  },
};

const CONFLICTS: Readonly<Record<string, string>> = {
  'two-boards': 'Two boards claim to be this drone',
  'two-boots': 'Two boots of a board are alive at once under this name: a copied card',
  checksum: 'One batch number came with two contents: a copied card, or another writes under its name',
};

export const IDENTITY: FindingClass = {
  ...{ name: 'identity', severity: 'warning', onsetS: 0, clearS: 0, holds: true, proposes: null },
  gathers: null,
  when: 'two boards, or two boots, claim to be this drone, or one batch number came with two contents (critical while one of them is armed)',
  over: 'no evidence came for a minute',
  whatToDo:
    'Nothing is sent to it meanwhile. Find the second board and give it a name of its own (the key drone of its agent.toml), then restart its agent',
  judge(seen) {
    if (seen.conflict === null) return GOOD;
    const flies = armed(seen) ?? wasArmed(seen);
    return bad(CONFLICTS[seen.conflict] ?? seen.conflict, { reason: seen.conflict }, flies ? 'critical' : 'warning');
  },
};
