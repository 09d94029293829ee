export { harmless, headOf, LEVELS, LinePage, matcher, parse as parseLine, type Wanted } from './line.ts';
export { openLog } from './log.ts';
export { logFilesIn, logLines } from './reader.ts';
export { parseSince, SINCE_WORDS } from './since.ts';
