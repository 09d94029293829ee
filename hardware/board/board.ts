/**
 * The companion computer, read from /proc and /sys. Linux first; on other systems what cannot be read is null.
 * Every reading is cheap and bounded; nothing here throws for a missing file.
 */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, statfs } from 'node:fs/promises';
import { cpus, freemem, hostname, loadavg, uptime } from 'node:os';

export interface BoardIdentity {
  /** UUID of this run of the kernel; names the monotonic clock. */
  readonly boot: string;
  /** Serial number of the board, else the machine id, else the host name; at most 64 characters. */
  readonly serial: string;
}

export interface BoardReading {
  readonly temperatureC: number | null;
  readonly loadPct: number | null;
  readonly memoryFreeMb: number | null;
  readonly diskFreeMb: number | null;
  readonly throttled: boolean | null;
  readonly uptimeS: number;
}

/** CLOCK_MONOTONIC in whole µs: what samples carry. Suspend does not stop a drone, so BOOTTIME would be the same. */
export function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

async function text(path: string): Promise<string | null> {
  try {
    const content = await readFile(path, 'utf8');
    // Device-tree strings end with a NUL.
    return content.replaceAll('\0', '').trim() || null;
  } catch {
    return null;
  }
}

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

/** Who this board is. Where the kernel gives no boot id a random one stands in: samples of two starts then never mix. */
export async function readIdentity(bootIdFile = BOOT_ID_FILE): Promise<BoardIdentity> {
  const boot = (await text(bootIdFile)) ?? randomUUID();
  const serial =
    (await text('/proc/device-tree/serial-number')) ??
    (await text('/sys/class/dmi/id/product_uuid')) ??
    (await text('/etc/machine-id')) ??
    hostname();
  return { boot: boot.toLowerCase(), serial: serial.slice(0, 64) };
}

async function hottestC(): Promise<number | null> {
  let zones: string[];
  try {
    zones = (await readdir('/sys/class/thermal')).filter((name) => name.startsWith('thermal_zone')).slice(0, 32);
  } catch {
    return null;
  }
  const readings = await Promise.all(zones.map((zone) => text(`/sys/class/thermal/${zone}/temp`)));
  const celsius = readings.map((reading) => (reading === null ? Number.NaN : Number(reading) / 1000));
  const usable = celsius.filter((value) => value > -50 && value < 150);
  return usable.length > 0 ? Math.max(...usable) : null;
}

/** Raspberry Pi: bit 0–3 of get_throttled say that it is slowed now; other boards do not say. */
async function throttledNow(): Promise<boolean | null> {
  const bits = await text('/sys/devices/platform/soc/soc:firmware/get_throttled');
  return bits === null ? null : (Number.parseInt(bits, 16) & 0xf) !== 0;
}

async function memoryFreeMb(): Promise<number> {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec((await text('/proc/meminfo')) ?? '')?.[1];
  return Math.round(available === undefined ? freemem() / 1e6 : (Number(available) * 1024) / 1e6);
}

async function diskFreeMb(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return Math.round((bavail * bsize) / 1e6);
  } catch {
    return null;
  }
}

/** One reading; `dataDir` says which disk matters. */
export async function readBoard(dataDir: string): Promise<BoardReading> {
  const [temperatureC, throttled, memory, disk] = await Promise.all([
    hottestC(),
    throttledNow(),
    memoryFreeMb(),
    diskFreeMb(dataDir),
  ]);
  const loadPct = Math.min(100, ((loadavg()[0] ?? 0) / Math.max(1, cpus().length)) * 100);
  return { temperatureC, loadPct, memoryFreeMb: memory, diskFreeMb: disk, throttled, uptimeS: Math.round(uptime()) };
}
