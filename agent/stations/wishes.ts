/** What one station wants to hear how often, within a share of the line; and the fastest of what all want. */
import { messageById } from '@skein/protocol/mavlink';

export interface Wish {
  readonly msgid: number;
  readonly hz: number;
}

const MAX_WISHES = 64;
/** No station draws faster; a mistyped interval must not fill the line. */
const MAX_HZ = 50;
const MIN_HZ = 0.1;
/** Header, checksum and room for a signature of a MAVLink 2 frame. */
const FRAME_OVERHEAD_BYTES = 25;
const MAX_PAYLOAD = 255;

const costOf = ({ msgid, hz }: Wish): number =>
  hz * ((messageById(msgid)?.maxLength ?? MAX_PAYLOAD) + FRAME_OVERHEAD_BYTES);

export class Wishes {
  readonly #hz = new Map<number, number>();

  get all(): readonly Wish[] {
    return [...this.#hz].map(([msgid, hz]) => ({ msgid, hz }));
  }

  get bytesPerS(): number {
    return this.all.reduce((sum, wish) => sum + costOf(wish), 0);
  }

  /** One message. False: no room on the line, or too many. `hz` 0 takes the wish back. */
  want(msgid: number, hz: number, roomBytesPerS: number): boolean {
    if (hz <= 0) {
      this.#hz.delete(msgid);
      return true;
    }
    const wish = { msgid, hz: Math.min(MAX_HZ, Math.max(MIN_HZ, hz)) };
    const before = this.#hz.get(msgid) ?? 0;
    if (before === 0 && this.#hz.size >= MAX_WISHES) return false;
    if (this.bytesPerS - costOf({ msgid, hz: before }) + costOf(wish) > roomBytesPerS) return false;
    this.#hz.set(msgid, wish.hz);
    return true;
  }

  /** A group at one rate, slower where the line has no room for it. */
  wantGroup(msgids: readonly number[], hz: number, roomBytesPerS: number): void {
    for (const msgid of msgids) this.#hz.delete(msgid);
    if (hz <= 0 || msgids.length === 0) return;
    const asked = Math.min(MAX_HZ, hz);
    const cost = msgids.reduce((sum, msgid) => sum + costOf({ msgid, hz: asked }), 0);
    const room = Math.max(0, roomBytesPerS - this.bytesPerS);
    const fits = Math.max(MIN_HZ, Math.floor(Math.min(1, room / cost) * asked * 10) / 10);
    for (const msgid of msgids) if (this.#hz.size < MAX_WISHES) this.#hz.set(msgid, fits);
  }

  clear(): void {
    this.#hz.clear();
  }
}

/** Of every message the fastest that anybody wants. */
export function fastest(each: readonly (readonly Wish[])[]): readonly Wish[] {
  const most = new Map<number, number>();
  for (const { msgid, hz } of each.flat()) most.set(msgid, Math.max(hz, most.get(msgid) ?? 0));
  return [...most].map(([msgid, hz]) => ({ msgid, hz })).sort((a, b) => a.msgid - b.msgid);
}
