/** Set-ups, each broken in one way, as facts: what the doctor says of every one of them stands in said.txt. */
import { BOARDS } from './broken-board.ts';
import { HARMLESS } from './broken-harmless.ts';
import { LINES } from './broken-line.ts';
import { UPLINKS } from './broken-uplink.ts';

export const BROKEN = { ...BOARDS, ...LINES, ...UPLINKS, ...HARMLESS };
