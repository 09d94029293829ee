import { Autopilot } from './autopilot/autopilot.ts';
import { CrashWatch } from './autopilot/crashWatch.ts';
import { ItemTransfer } from './autopilot/itemTransfer.ts';
import { loseBytes } from './behaviours/damage.ts';
import type { Stage } from './behaviours/fault.ts';
import { type FaultRequest, readFault } from './behaviours/read.ts';
import { Behaviours } from './behaviours/running.ts';
import { FtpServer } from './files/ftp-server.ts';
import { LogTransfer } from './files/log-transfer.ts';
import { earlierLogs } from './files/logs.ts';
import { Tree } from './files/tree.ts';
import { type FlavourName, flavours } from './flavours/flavour.ts';
import type { Place } from './geo.ts';
import { Lines } from './lines.ts';
import { PayloadTruth } from './payload.ts';
import type { Damage, Port, PortOptions } from './port.ts';
import { createRandom } from './random.ts';
import type { Vehicle } from './vehicle/vehicle.ts';

export interface SimulatorOptions {
  /** Everything that differs from flight to flight follows from it. */
  readonly seed?: number;
  /** Where it starts; latitude and longitude in 1e-7 degrees, altitude above sea level in metres. */
  readonly home?: Place;
  readonly sysid?: number;
  /** `cold`: power-on, with the boot times of a real one. `ready`: booted, disarmed, armable. `airborne`: on its circuit. */
  readonly start?: 'cold' | 'ready' | 'airborne';
  /** It knows its parameters by the names of before ArduCopter 4.7. */
  readonly olderNames?: boolean;
  /** Wall clock when the simulation begins, µs since 1970. */
  readonly epochUs?: bigint;
  /** Which make it is; ardupilot unless said. */
  readonly flavour?: FlavourName;
  /** A servo gripper, or a winch that reports its line and tension, whose parameters are set. */
  readonly gripper?: boolean;
  readonly winch?: boolean;
  /** What it carries when the simulation begins, kg: on the winch if there is one, else in a gripper, which it then has. */
  readonly payloadKg?: number;
  /** Sizes of the logs on its card, bytes, the oldest first. */
  readonly logSizes?: readonly number[];
  /** Every frame that left undamaged, in order. */
  readonly onSent?: (frame: Uint8Array) => void;
  /** Told of a fault that could not begin; without it that is thrown. */
  readonly onFaultTrouble?: (fault: string, reason: string) => void;
}

/**
 * A quadcopter autopilot in virtual time. Nothing happens by itself: `advanceTo` lets time pass, `port.receive` brings bytes; the same
 * options, calls and seed give the same bytes. `Driver` runs one in real time.
 */
export interface Simulator {
  readonly autopilot: Autopilot;
  readonly vehicle: Vehicle;
  /** What is really carried, and where it was let go. */
  readonly payload: PayloadTruth;
  /** Virtual milliseconds since the simulation began. */
  readonly nowMs: number;
  readonly nextDueMs: number;
  /** A telemetry port with its own intervals and sequence, and the version of SERIALn_PROTOCOL. It is silent until `port.connected` is set. */
  attach(options: PortOptions): Port;
  advanceTo(ms: number): void;
  /** Restarts the autopilot at once, as a power dip does: no acknowledgement, no refusal. */
  reboot(): void;
  /** Damages what leaves all ports until the returned function is called. */
  damage(damage: Damage): () => void;
  /**
   * Begins a fault of behaviours/catalogue.ts, now or at its time, as `lose:5@10+20`; the returned function ends it. Throws on what it
   * cannot read: `readFault` tells beforehand.
   */
  fault(fault: string | FaultRequest): () => void;
  /** Ends the faults of this name, or all; tells how many. */
  clear(name?: string): number;
  /** For a behaviour that is in no catalogue. */
  stage(name: string): { readonly stage: Stage; readonly end: () => void };
}

const DEFAULT_HOME: Place = { latE7: 436_155_000, lonE7: 70_719_000, altM: 10.1 };

export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const seed = options.seed ?? 1;
  const epochUs = options.epochUs ?? 1_767_225_600_000_000n;
  const payloadKg = options.payloadKg ?? 0;
  const autopilot = new Autopilot({
    seed,
    home: options.home ?? DEFAULT_HOME,
    sysid: options.sysid ?? 1,
    start: options.start ?? 'cold',
    olderNames: options.olderNames ?? false,
    epochUs,
    gripper: options.gripper === true || (payloadKg > 0 && options.winch !== true),
    winch: options.winch === true,
    onSent: options.onSent ?? (() => {}),
  });
  // The parameter that a real one in software has: percent of the bytes lost on its serial lines.
  const uartLoss = (): number => autopilot.parameters.value('SIM_UART_LOSS') / 100;
  autopilot.meddlers.add({ leaving: loseBytes(uartLoss, createRandom(seed).fork('uart')) });
  const logs = earlierLogs(seed, Number(epochUs / 1_000_000n), options.logSizes);
  autopilot.services.push(
    new LogTransfer(autopilot, logs),
    new FtpServer(autopilot, new Tree(logs, autopilot.parameters)),
  );
  const lines = new Lines(autopilot);
  autopilot.services.push(lines, new CrashWatch(autopilot), new ItemTransfer(autopilot));
  flavours[options.flavour ?? 'ardupilot'](autopilot);
  const payload = new PayloadTruth(autopilot);
  if (payloadKg > 0) payload.load(payloadKg);
  const behaviours = new Behaviours(autopilot, createRandom(seed).fork('behaviours'));
  behaviours.onTrouble = options.onFaultTrouble ?? null;
  return {
    autopilot,
    payload,
    get vehicle() {
      return autopilot.vehicle;
    },
    get nowMs() {
      return autopilot.nowMs;
    },
    get nextDueMs() {
      return Math.max(autopilot.nowMs, Math.min(autopilot.nextDueMs, behaviours.nextDueMs));
    },
    attach(options) {
      const port = autopilot.attach(options);
      lines.add(port);
      return port;
    },
    advanceTo(ms) {
      while (behaviours.nextDueMs <= ms) {
        autopilot.advanceTo(Math.max(autopilot.nowMs, behaviours.nextDueMs));
        behaviours.fire(autopilot.nowMs);
      }
      autopilot.advanceTo(ms);
    },
    reboot: () => autopilot.reboot(),
    damage(damage) {
      const meddler = { leaving: damage };
      autopilot.meddlers.add(meddler);
      return () => {
        autopilot.meddlers.delete(meddler);
      };
    },
    fault(asked) {
      if (typeof asked !== 'string') return behaviours.begin(asked);
      const read = readFault(asked);
      if (!read.ok) throw new RangeError(read.reason);
      return behaviours.begin(read.request);
    },
    clear: (name) => behaviours.clear(name),
    stage: (name) => behaviours.stage(name),
  };
}
