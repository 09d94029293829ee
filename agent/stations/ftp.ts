/** What a MAVFTP request of a station would change. https://mavlink.io/en/services/ftp.html#payload */
import { MavFtpOpcode } from '@skein/protocol/mavlink';

const OPCODE_AT = 3;
const SIZE_AT = 4;
const PATH_AT = 12;

/** End, reset, list, open to read, read, checksum, burst. Whatever else there is, or will be, may write. */
const READING: ReadonlySet<number> = new Set([
  MavFtpOpcode.NONE,
  MavFtpOpcode.TERMINATESESSION,
  MavFtpOpcode.RESETSESSION,
  MavFtpOpcode.LISTDIRECTORY,
  MavFtpOpcode.OPENFILERO,
  MavFtpOpcode.READFILE,
  MavFtpOpcode.CALCFILECRC,
  MavFtpOpcode.BURSTREADFILE,
]);

/** Their data are a path; that of WRITEFILE is what is written. */
const NAMING: ReadonlySet<number> = new Set([
  MavFtpOpcode.CREATEFILE,
  MavFtpOpcode.REMOVEFILE,
  MavFtpOpcode.CREATEDIRECTORY,
  MavFtpOpcode.REMOVEDIRECTORY,
  MavFtpOpcode.OPENFILEWO,
  MavFtpOpcode.TRUNCATEFILE,
  MavFtpOpcode.RENAME,
]);

const NAMES = new Map(Object.entries(MavFtpOpcode).map(([name, value]) => [value as number, name]));
const decoder = new TextDecoder();

/** In words, `PARAM_SET @PARAM/param.pck` when it is ArduPilot's parameters as a file; null: it only reads. */
export function ftpWrite(payload: readonly number[]): string | null {
  const opcode = payload[OPCODE_AT] ?? MavFtpOpcode.NONE;
  if (READING.has(opcode)) return null;
  const what = `FTP ${NAMES.get(opcode) ?? opcode}`;
  if (!NAMING.has(opcode)) return what;
  const data = Uint8Array.from(payload.slice(PATH_AT, PATH_AT + (payload[SIZE_AT] ?? 0)));
  const path = decoder.decode(data).split('\0')[0] ?? '';
  return /^\/?@PARAM\//i.test(path) ? `PARAM_SET ${path}` : `${what} ${path}`.trim();
}
