// Written by protocol/telemetry/generate.ts from kinds.ts.
import { flagAt, flagOf, integerOf, listOf, nameAt, numberAt, placeOf, textOf } from './cell-numbers.ts';
import type { Cell } from './forms.ts';
import { KINDS, type KindName, type Values } from './kinds.ts';

/**
 * How rows of a kind become columns and columns rows. `numbers` holds the columns one after the other, `rows` places each,
 * that of time_boot_ms first; texts and lists stand in `others`, row by row, and leave their places in `numbers` empty.
 */
export interface RowForm<V = never> {
  /** Texts and lists of a row. */
  readonly others: number;
  take(values: V, numbers: Float64Array, others: Cell[], row: number, rows: number): void;
  make(numbers: Float64Array, others: readonly Cell[], row: number, rows: number): Readonly<Record<string, Cell>>;
}

export const ROW_FORMS: { readonly [K in KindName]: RowForm<Values<K>> } = {
  position: {
    others: 0,
    take(v: Values<'position'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.latDeg, 1e7);
      numbers[(at += rows)] = integerOf(v.lonDeg, 1e7);
      numbers[(at += rows)] = integerOf(v.altAmslM, 1e3);
      numbers[(at += rows)] = integerOf(v.altRelM, 1e3);
      numbers[(at += rows)] = integerOf(v.headingDeg, 1e2);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        latDeg: numberAt(numbers, (at += rows)),
        lonDeg: numberAt(numbers, (at += rows)),
        altAmslM: numberAt(numbers, (at += rows)),
        altRelM: numberAt(numbers, (at += rows)),
        headingDeg: numberAt(numbers, (at += rows)),
      };
    },
  },
  velocity: {
    others: 0,
    take(v: Values<'velocity'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.northMps, 1e2);
      numbers[(at += rows)] = integerOf(v.eastMps, 1e2);
      numbers[(at += rows)] = integerOf(v.downMps, 1e2);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        northMps: numberAt(numbers, (at += rows)),
        eastMps: numberAt(numbers, (at += rows)),
        downMps: numberAt(numbers, (at += rows)),
      };
    },
  },
  attitude: {
    others: 0,
    take(v: Values<'attitude'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.rollRad, 1e4);
      numbers[(at += rows)] = integerOf(v.pitchRad, 1e4);
      numbers[(at += rows)] = integerOf(v.yawRad, 1e4);
      numbers[(at += rows)] = integerOf(v.rollRateRadps, 1e4);
      numbers[(at += rows)] = integerOf(v.pitchRateRadps, 1e4);
      numbers[(at += rows)] = integerOf(v.yawRateRadps, 1e4);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        rollRad: numberAt(numbers, (at += rows)),
        pitchRad: numberAt(numbers, (at += rows)),
        yawRad: numberAt(numbers, (at += rows)),
        rollRateRadps: numberAt(numbers, (at += rows)),
        pitchRateRadps: numberAt(numbers, (at += rows)),
        yawRateRadps: numberAt(numbers, (at += rows)),
      };
    },
  },
  air: {
    others: 0,
    take(v: Values<'air'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.groundSpeedMps, 1e2);
      numbers[(at += rows)] = integerOf(v.airSpeedMps, 1e2);
      numbers[(at += rows)] = integerOf(v.climbMps, 1e2);
      numbers[(at += rows)] = integerOf(v.throttlePct, 1);
      numbers[(at += rows)] = integerOf(v.altAmslM, 1e2);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        groundSpeedMps: numberAt(numbers, (at += rows)),
        airSpeedMps: numberAt(numbers, (at += rows)),
        climbMps: numberAt(numbers, (at += rows)),
        throttlePct: numberAt(numbers, (at += rows)),
        altAmslM: numberAt(numbers, (at += rows)),
      };
    },
  },
  battery: {
    others: 1,
    take(v: Values<'battery'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.instance, 1);
      numbers[(at += rows)] = integerOf(v.voltageV, 1e3);
      numbers[(at += rows)] = integerOf(v.currentA, 1e2);
      numbers[(at += rows)] = integerOf(v.remainingPct, 1);
      numbers[(at += rows)] = integerOf(v.consumedMah, 1);
      numbers[(at += rows)] = integerOf(v.consumedJ, 1);
      at += rows;
      others[row] = listOf(v.cellsV, 1e3);
      numbers[(at += rows)] = integerOf(v.temperatureC, 1e2);
      numbers[(at += rows)] = integerOf(v.timeRemainingS, 1);
      numbers[(at += rows)] = integerOf(v.faults, 1);
      numbers[(at += rows)] = integerOf(v.chargeState, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        instance: numberAt(numbers, (at += rows)),
        voltageV: numberAt(numbers, (at += rows)),
        currentA: numberAt(numbers, (at += rows)),
        remainingPct: numberAt(numbers, (at += rows)),
        consumedMah: numberAt(numbers, (at += rows)),
        consumedJ: numberAt(numbers, (at += rows)),
        cellsV: others[((at += rows), row)] ?? null,
        temperatureC: numberAt(numbers, (at += rows)),
        timeRemainingS: numberAt(numbers, (at += rows)),
        faults: numberAt(numbers, (at += rows)),
        chargeState: numberAt(numbers, (at += rows)),
      };
    },
  },
  gps: {
    others: 0,
    take(v: Values<'gps'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.instance, 1);
      numbers[(at += rows)] = placeOf(KINDS.gps.columns.fix.names, v.fix);
      numbers[(at += rows)] = integerOf(v.satellites, 1);
      numbers[(at += rows)] = integerOf(v.latDeg, 1e7);
      numbers[(at += rows)] = integerOf(v.lonDeg, 1e7);
      numbers[(at += rows)] = integerOf(v.altAmslM, 1e3);
      numbers[(at += rows)] = integerOf(v.hdop, 1e2);
      numbers[(at += rows)] = integerOf(v.vdop, 1e2);
      numbers[(at += rows)] = integerOf(v.horizontalAccM, 1e3);
      numbers[(at += rows)] = integerOf(v.verticalAccM, 1e3);
      numbers[(at += rows)] = integerOf(v.speedAccMps, 1e3);
      numbers[(at += rows)] = integerOf(v.groundSpeedMps, 1e2);
      numbers[(at += rows)] = integerOf(v.courseDeg, 1e2);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        instance: numberAt(numbers, (at += rows)),
        fix: nameAt(KINDS.gps.columns.fix.names, numbers, (at += rows)),
        satellites: numberAt(numbers, (at += rows)),
        latDeg: numberAt(numbers, (at += rows)),
        lonDeg: numberAt(numbers, (at += rows)),
        altAmslM: numberAt(numbers, (at += rows)),
        hdop: numberAt(numbers, (at += rows)),
        vdop: numberAt(numbers, (at += rows)),
        horizontalAccM: numberAt(numbers, (at += rows)),
        verticalAccM: numberAt(numbers, (at += rows)),
        speedAccMps: numberAt(numbers, (at += rows)),
        groundSpeedMps: numberAt(numbers, (at += rows)),
        courseDeg: numberAt(numbers, (at += rows)),
      };
    },
  },
  status: {
    others: 1,
    take(v: Values<'status'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = flagOf(v.armed);
      at += rows;
      others[row] = textOf(v.mode);
      numbers[(at += rows)] = integerOf(v.customMode, 1);
      numbers[(at += rows)] = integerOf(v.baseMode, 1);
      numbers[(at += rows)] = placeOf(KINDS.status.columns.system.names, v.system);
      numbers[(at += rows)] = placeOf(KINDS.status.columns.landed.names, v.landed);
      numbers[(at += rows)] = integerOf(v.vehicleType, 1);
      numbers[(at += rows)] = integerOf(v.autopilot, 1);
      numbers[(at += rows)] = integerOf(v.sysid, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        armed: flagAt(numbers, (at += rows)),
        mode: others[((at += rows), row)] ?? null,
        customMode: numberAt(numbers, (at += rows)),
        baseMode: numberAt(numbers, (at += rows)),
        system: nameAt(KINDS.status.columns.system.names, numbers, (at += rows)),
        landed: nameAt(KINDS.status.columns.landed.names, numbers, (at += rows)),
        vehicleType: numberAt(numbers, (at += rows)),
        autopilot: numberAt(numbers, (at += rows)),
        sysid: numberAt(numbers, (at += rows)),
      };
    },
  },
  home: {
    others: 0,
    take(v: Values<'home'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.latDeg, 1e7);
      numbers[(at += rows)] = integerOf(v.lonDeg, 1e7);
      numbers[(at += rows)] = integerOf(v.altAmslM, 1e3);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        latDeg: numberAt(numbers, (at += rows)),
        lonDeg: numberAt(numbers, (at += rows)),
        altAmslM: numberAt(numbers, (at += rows)),
      };
    },
  },
  mission: {
    others: 0,
    take(v: Values<'mission'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.seq, 1);
      numbers[(at += rows)] = integerOf(v.total, 1);
      numbers[(at += rows)] = placeOf(KINDS.mission.columns.state.names, v.state);
      numbers[(at += rows)] = integerOf(v.distanceM, 1);
      numbers[(at += rows)] = integerOf(v.crossTrackM, 1e2);
      numbers[(at += rows)] = integerOf(v.targetBearingDeg, 1);
      numbers[(at += rows)] = integerOf(v.altErrorM, 1e2);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        seq: numberAt(numbers, (at += rows)),
        total: numberAt(numbers, (at += rows)),
        state: nameAt(KINDS.mission.columns.state.names, numbers, (at += rows)),
        distanceM: numberAt(numbers, (at += rows)),
        crossTrackM: numberAt(numbers, (at += rows)),
        targetBearingDeg: numberAt(numbers, (at += rows)),
        altErrorM: numberAt(numbers, (at += rows)),
      };
    },
  },
  ekf: {
    others: 0,
    take(v: Values<'ekf'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.flags, 1);
      numbers[(at += rows)] = integerOf(v.velocityVariance, 1e4);
      numbers[(at += rows)] = integerOf(v.horizontalVariance, 1e4);
      numbers[(at += rows)] = integerOf(v.verticalVariance, 1e4);
      numbers[(at += rows)] = integerOf(v.compassVariance, 1e4);
      numbers[(at += rows)] = integerOf(v.terrainVariance, 1e4);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        flags: numberAt(numbers, (at += rows)),
        velocityVariance: numberAt(numbers, (at += rows)),
        horizontalVariance: numberAt(numbers, (at += rows)),
        verticalVariance: numberAt(numbers, (at += rows)),
        compassVariance: numberAt(numbers, (at += rows)),
        terrainVariance: numberAt(numbers, (at += rows)),
      };
    },
  },
  vibration: {
    others: 1,
    take(v: Values<'vibration'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.xMps2, 1e3);
      numbers[(at += rows)] = integerOf(v.yMps2, 1e3);
      numbers[(at += rows)] = integerOf(v.zMps2, 1e3);
      at += rows;
      others[row] = listOf(v.clipping, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        xMps2: numberAt(numbers, (at += rows)),
        yMps2: numberAt(numbers, (at += rows)),
        zMps2: numberAt(numbers, (at += rows)),
        clipping: others[((at += rows), row)] ?? null,
      };
    },
  },
  wind: {
    others: 0,
    take(v: Values<'wind'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.fromDeg, 1e1);
      numbers[(at += rows)] = integerOf(v.speedMps, 1e2);
      numbers[(at += rows)] = integerOf(v.downMps, 1e2);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        fromDeg: numberAt(numbers, (at += rows)),
        speedMps: numberAt(numbers, (at += rows)),
        downMps: numberAt(numbers, (at += rows)),
      };
    },
  },
  esc: {
    others: 4,
    take(v: Values<'esc'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.first, 1);
      at += rows;
      others[row * 4] = listOf(v.rpm, 1);
      at += rows;
      others[row * 4 + 1] = listOf(v.voltageV, 1e2);
      at += rows;
      others[row * 4 + 2] = listOf(v.currentA, 1e2);
      at += rows;
      others[row * 4 + 3] = listOf(v.temperatureC, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        first: numberAt(numbers, (at += rows)),
        rpm: others[((at += rows), row * 4)] ?? null,
        voltageV: others[((at += rows), row * 4 + 1)] ?? null,
        currentA: others[((at += rows), row * 4 + 2)] ?? null,
        temperatureC: others[((at += rows), row * 4 + 3)] ?? null,
      };
    },
  },
  rc: {
    others: 1,
    take(v: Values<'rc'>, numbers, others, row, rows) {
      let at = row;
      at += rows;
      others[row] = listOf(v.channelsUs, 1);
      numbers[(at += rows)] = integerOf(v.rssi, 1);
      numbers[(at += rows)] = flagOf(v.receiverHealthy);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        channelsUs: others[((at += rows), row)] ?? null,
        rssi: numberAt(numbers, (at += rows)),
        receiverHealthy: flagAt(numbers, (at += rows)),
      };
    },
  },
  health: {
    others: 0,
    take(v: Values<'health'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = flagOf(v.preArmOk);
      numbers[(at += rows)] = integerOf(v.sensorsPresent, 1);
      numbers[(at += rows)] = integerOf(v.sensorsEnabled, 1);
      numbers[(at += rows)] = integerOf(v.sensorsHealthy, 1);
      numbers[(at += rows)] = integerOf(v.loadPct, 1e1);
      numbers[(at += rows)] = integerOf(v.dropPct, 1e2);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        preArmOk: flagAt(numbers, (at += rows)),
        sensorsPresent: numberAt(numbers, (at += rows)),
        sensorsEnabled: numberAt(numbers, (at += rows)),
        sensorsHealthy: numberAt(numbers, (at += rows)),
        loadPct: numberAt(numbers, (at += rows)),
        dropPct: numberAt(numbers, (at += rows)),
      };
    },
  },
  fence: {
    others: 0,
    take(v: Values<'fence'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = flagOf(v.enabled);
      numbers[(at += rows)] = flagOf(v.breached);
      numbers[(at += rows)] = integerOf(v.breaches, 1);
      numbers[(at += rows)] = placeOf(KINDS.fence.columns.breach.names, v.breach);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        enabled: flagAt(numbers, (at += rows)),
        breached: flagAt(numbers, (at += rows)),
        breaches: numberAt(numbers, (at += rows)),
        breach: nameAt(KINDS.fence.columns.breach.names, numbers, (at += rows)),
      };
    },
  },
  radio: {
    others: 0,
    take(v: Values<'radio'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.rssi, 1);
      numbers[(at += rows)] = integerOf(v.remoteRssi, 1);
      numbers[(at += rows)] = integerOf(v.noise, 1);
      numbers[(at += rows)] = integerOf(v.remoteNoise, 1);
      numbers[(at += rows)] = integerOf(v.bufferFreePct, 1);
      numbers[(at += rows)] = integerOf(v.errors, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        rssi: numberAt(numbers, (at += rows)),
        remoteRssi: numberAt(numbers, (at += rows)),
        noise: numberAt(numbers, (at += rows)),
        remoteNoise: numberAt(numbers, (at += rows)),
        bufferFreePct: numberAt(numbers, (at += rows)),
        errors: numberAt(numbers, (at += rows)),
      };
    },
  },
  link: {
    others: 0,
    take(v: Values<'link'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = flagOf(v.open);
      numbers[(at += rows)] = integerOf(v.inBytesPerS, 1);
      numbers[(at += rows)] = integerOf(v.outBytesPerS, 1);
      numbers[(at += rows)] = integerOf(v.frames, 1);
      numbers[(at += rows)] = integerOf(v.badFrames, 1);
      numbers[(at += rows)] = integerOf(v.skippedBytes, 1);
      numbers[(at += rows)] = integerOf(v.lostFrames, 1);
      numbers[(at += rows)] = integerOf(v.reopened, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        open: flagAt(numbers, (at += rows)),
        inBytesPerS: numberAt(numbers, (at += rows)),
        outBytesPerS: numberAt(numbers, (at += rows)),
        frames: numberAt(numbers, (at += rows)),
        badFrames: numberAt(numbers, (at += rows)),
        skippedBytes: numberAt(numbers, (at += rows)),
        lostFrames: numberAt(numbers, (at += rows)),
        reopened: numberAt(numbers, (at += rows)),
      };
    },
  },
  flight: {
    others: 0,
    take(v: Values<'flight'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.flights, 1);
      numbers[(at += rows)] = integerOf(v.airS, 1);
      numbers[(at += rows)] = integerOf(v.armedS, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        flights: numberAt(numbers, (at += rows)),
        airS: numberAt(numbers, (at += rows)),
        armedS: numberAt(numbers, (at += rows)),
      };
    },
  },
  board: {
    others: 0,
    take(v: Values<'board'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.temperatureC, 1e1);
      numbers[(at += rows)] = integerOf(v.loadPct, 1e1);
      numbers[(at += rows)] = integerOf(v.memoryFreeMb, 1);
      numbers[(at += rows)] = integerOf(v.diskFreeMb, 1);
      numbers[(at += rows)] = flagOf(v.throttled);
      numbers[(at += rows)] = integerOf(v.outboxBytes, 1);
      numbers[(at += rows)] = integerOf(v.notDurableMs, 1);
      numbers[(at += rows)] = integerOf(v.uptimeS, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        temperatureC: numberAt(numbers, (at += rows)),
        loadPct: numberAt(numbers, (at += rows)),
        memoryFreeMb: numberAt(numbers, (at += rows)),
        diskFreeMb: numberAt(numbers, (at += rows)),
        throttled: flagAt(numbers, (at += rows)),
        outboxBytes: numberAt(numbers, (at += rows)),
        notDurableMs: numberAt(numbers, (at += rows)),
        uptimeS: numberAt(numbers, (at += rows)),
      };
    },
  },
  text: {
    others: 1,
    take(v: Values<'text'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = placeOf(KINDS.text.columns.severity.names, v.severity);
      at += rows;
      others[row] = textOf(v.text);
      numbers[(at += rows)] = integerOf(v.repeats, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        severity: nameAt(KINDS.text.columns.severity.names, numbers, (at += rows)),
        text: others[((at += rows), row)] ?? null,
        repeats: numberAt(numbers, (at += rows)),
      };
    },
  },
  clock: {
    others: 1,
    take(v: Values<'clock'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.utcUs, 1);
      numbers[(at += rows)] = integerOf(v.errUs, 1);
      numbers[(at += rows)] = placeOf(KINDS.clock.columns.source.names, v.source);
      numbers[(at += rows)] = placeOf(KINDS.clock.columns.standing.names, v.standing);
      at += rows;
      others[row] = textOf(v.outvoted);
      numbers[(at += rows)] = integerOf(v.boardUs, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        utcUs: numberAt(numbers, (at += rows)),
        errUs: numberAt(numbers, (at += rows)),
        source: nameAt(KINDS.clock.columns.source.names, numbers, (at += rows)),
        standing: nameAt(KINDS.clock.columns.standing.names, numbers, (at += rows)),
        outvoted: others[((at += rows), row)] ?? null,
        boardUs: numberAt(numbers, (at += rows)),
      };
    },
  },
  pressure: {
    others: 0,
    take(v: Values<'pressure'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.absoluteHpa, 1e3);
      numbers[(at += rows)] = integerOf(v.temperatureC, 1e2);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        absoluteHpa: numberAt(numbers, (at += rows)),
        temperatureC: numberAt(numbers, (at += rows)),
      };
    },
  },
  local: {
    others: 0,
    take(v: Values<'local'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.northM, 1e3);
      numbers[(at += rows)] = integerOf(v.eastM, 1e3);
      numbers[(at += rows)] = integerOf(v.downM, 1e3);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        northM: numberAt(numbers, (at += rows)),
        eastM: numberAt(numbers, (at += rows)),
        downM: numberAt(numbers, (at += rows)),
      };
    },
  },
  autopilot: {
    others: 3,
    take(v: Values<'autopilot'>, numbers, others, row, rows) {
      let at = row;
      at += rows;
      others[row * 3] = textOf(v.uid2);
      at += rows;
      others[row * 3 + 1] = textOf(v.version);
      at += rows;
      others[row * 3 + 2] = textOf(v.gitHash);
      numbers[(at += rows)] = integerOf(v.vendor, 1);
      numbers[(at += rows)] = integerOf(v.product, 1);
      numbers[(at += rows)] = integerOf(v.board, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        uid2: others[((at += rows), row * 3)] ?? null,
        version: others[((at += rows), row * 3 + 1)] ?? null,
        gitHash: others[((at += rows), row * 3 + 2)] ?? null,
        vendor: numberAt(numbers, (at += rows)),
        product: numberAt(numbers, (at += rows)),
        board: numberAt(numbers, (at += rows)),
      };
    },
  },
  answer: {
    others: 4,
    take(v: Values<'answer'>, numbers, others, row, rows) {
      let at = row;
      at += rows;
      others[row * 4] = textOf(v.command);
      numbers[(at += rows)] = integerOf(v.step, 1);
      numbers[(at += rows)] = placeOf(KINDS.answer.columns.state.names, v.state);
      at += rows;
      others[row * 4 + 1] = textOf(v.reason);
      at += rows;
      others[row * 4 + 2] = textOf(v.detail);
      at += rows;
      others[row * 4 + 3] = textOf(v.type);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        command: others[((at += rows), row * 4)] ?? null,
        step: numberAt(numbers, (at += rows)),
        state: nameAt(KINDS.answer.columns.state.names, numbers, (at += rows)),
        reason: others[((at += rows), row * 4 + 1)] ?? null,
        detail: others[((at += rows), row * 4 + 2)] ?? null,
        type: others[((at += rows), row * 4 + 3)] ?? null,
      };
    },
  },
  control: {
    others: 3,
    take(v: Values<'control'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = placeOf(KINDS.control.columns.state.names, v.state);
      at += rows;
      others[row * 3] = textOf(v.commander);
      at += rows;
      others[row * 3 + 1] = textOf(v.why);
      at += rows;
      others[row * 3 + 2] = textOf(v.writers);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        state: nameAt(KINDS.control.columns.state.names, numbers, (at += rows)),
        commander: others[((at += rows), row * 3)] ?? null,
        why: others[((at += rows), row * 3 + 1)] ?? null,
        writers: others[((at += rows), row * 3 + 2)] ?? null,
      };
    },
  },
  safety: {
    others: 4,
    take(v: Values<'safety'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = flagOf(v.locked);
      at += rows;
      others[row * 4] = textOf(v.lockReason);
      at += rows;
      others[row * 4 + 1] = textOf(v.lockedBy);
      numbers[(at += rows)] = flagOf(v.lockedHere);
      at += rows;
      others[row * 4 + 2] = textOf(v.profile);
      numbers[(at += rows)] = flagOf(v.profileOk);
      at += rows;
      others[row * 4 + 3] = textOf(v.linkLossOwner);
      numbers[(at += rows)] = flagOf(v.groundLink);
      numbers[(at += rows)] = integerOf(v.leaseLeftMs, 1);
      numbers[(at += rows)] = integerOf(v.returnAltM, 1e1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        locked: flagAt(numbers, (at += rows)),
        lockReason: others[((at += rows), row * 4)] ?? null,
        lockedBy: others[((at += rows), row * 4 + 1)] ?? null,
        lockedHere: flagAt(numbers, (at += rows)),
        profile: others[((at += rows), row * 4 + 2)] ?? null,
        profileOk: flagAt(numbers, (at += rows)),
        linkLossOwner: others[((at += rows), row * 4 + 3)] ?? null,
        groundLink: flagAt(numbers, (at += rows)),
        leaseLeftMs: numberAt(numbers, (at += rows)),
        returnAltM: numberAt(numbers, (at += rows)),
      };
    },
  },
  preflight: {
    others: 1,
    take(v: Values<'preflight'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = placeOf(KINDS.preflight.columns.verdict.names, v.verdict);
      at += rows;
      others[row] = textOf(v.items);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        verdict: nameAt(KINDS.preflight.columns.verdict.names, numbers, (at += rows)),
        items: others[((at += rows), row)] ?? null,
      };
    },
  },
  itinerary: {
    others: 3,
    take(v: Values<'itinerary'>, numbers, others, row, rows) {
      let at = row;
      at += rows;
      others[row * 3] = textOf(v.itinerary);
      numbers[(at += rows)] = integerOf(v.version, 1);
      numbers[(at += rows)] = integerOf(v.step, 1);
      numbers[(at += rows)] = placeOf(KINDS.itinerary.columns.state.names, v.state);
      at += rows;
      others[row * 3 + 1] = textOf(v.reason);
      numbers[(at += rows)] = integerOf(v.item, 1);
      at += rows;
      others[row * 3 + 2] = textOf(v.detail);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        itinerary: others[((at += rows), row * 3)] ?? null,
        version: numberAt(numbers, (at += rows)),
        step: numberAt(numbers, (at += rows)),
        state: nameAt(KINDS.itinerary.columns.state.names, numbers, (at += rows)),
        reason: others[((at += rows), row * 3 + 1)] ?? null,
        item: numberAt(numbers, (at += rows)),
        detail: others[((at += rows), row * 3 + 2)] ?? null,
      };
    },
  },
  delivery: {
    others: 3,
    take(v: Values<'delivery'>, numbers, others, row, rows) {
      let at = row;
      at += rows;
      others[row * 3] = textOf(v.itinerary);
      numbers[(at += rows)] = integerOf(v.version, 1);
      numbers[(at += rows)] = integerOf(v.item, 1);
      numbers[(at += rows)] = integerOf(v.step, 1);
      numbers[(at += rows)] = placeOf(KINDS.delivery.columns.state.names, v.state);
      at += rows;
      others[row * 3 + 1] = textOf(v.reason);
      numbers[(at += rows)] = integerOf(v.latDeg, 1e7);
      numbers[(at += rows)] = integerOf(v.lonDeg, 1e7);
      at += rows;
      others[row * 3 + 2] = textOf(v.detail);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        itinerary: others[((at += rows), row * 3)] ?? null,
        version: numberAt(numbers, (at += rows)),
        item: numberAt(numbers, (at += rows)),
        step: numberAt(numbers, (at += rows)),
        state: nameAt(KINDS.delivery.columns.state.names, numbers, (at += rows)),
        reason: others[((at += rows), row * 3 + 1)] ?? null,
        latDeg: numberAt(numbers, (at += rows)),
        lonDeg: numberAt(numbers, (at += rows)),
        detail: others[((at += rows), row * 3 + 2)] ?? null,
      };
    },
  },
  ladder: {
    others: 2,
    take(v: Values<'ladder'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = placeOf(KINDS.ladder.columns.rung.names, v.rung);
      numbers[(at += rows)] = integerOf(v.sinceMs, 1);
      numbers[(at += rows)] = integerOf(v.leaseLostMs, 1);
      at += rows;
      others[row * 2] = textOf(v.reason);
      at += rows;
      others[row * 2 + 1] = textOf(v.plan);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        rung: nameAt(KINDS.ladder.columns.rung.names, numbers, (at += rows)),
        sinceMs: numberAt(numbers, (at += rows)),
        leaseLostMs: numberAt(numbers, (at += rows)),
        reason: others[((at += rows), row * 2)] ?? null,
        plan: others[((at += rows), row * 2 + 1)] ?? null,
      };
    },
  },
  trust: {
    others: 1,
    take(v: Values<'trust'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = placeOf(KINDS.trust.columns.state.names, v.state);
      at += rows;
      others[row] = textOf(v.reason);
      numbers[(at += rows)] = integerOf(v.forMs, 1);
      numbers[(at += rows)] = integerOf(v.lastAgeMs, 1);
      numbers[(at += rows)] = integerOf(v.lastLatDeg, 1e7);
      numbers[(at += rows)] = integerOf(v.lastLonDeg, 1e7);
      numbers[(at += rows)] = integerOf(v.lastAltAmslM, 1e3);
      numbers[(at += rows)] = integerOf(v.latDeg, 1e7);
      numbers[(at += rows)] = integerOf(v.lonDeg, 1e7);
      numbers[(at += rows)] = integerOf(v.radiusM, 1e1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        state: nameAt(KINDS.trust.columns.state.names, numbers, (at += rows)),
        reason: others[((at += rows), row)] ?? null,
        forMs: numberAt(numbers, (at += rows)),
        lastAgeMs: numberAt(numbers, (at += rows)),
        lastLatDeg: numberAt(numbers, (at += rows)),
        lastLonDeg: numberAt(numbers, (at += rows)),
        lastAltAmslM: numberAt(numbers, (at += rows)),
        latDeg: numberAt(numbers, (at += rows)),
        lonDeg: numberAt(numbers, (at += rows)),
        radiusM: numberAt(numbers, (at += rows)),
      };
    },
  },
  pack: {
    others: 1,
    take(v: Values<'pack'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = integerOf(v.instance, 1);
      at += rows;
      others[row] = textOf(v.serial);
      numbers[(at += rows)] = placeOf(KINDS.pack.columns.source.names, v.source);
      numbers[(at += rows)] = integerOf(v.cycles, 1);
      numbers[(at += rows)] = integerOf(v.fullMah, 1);
      numbers[(at += rows)] = integerOf(v.designMah, 1);
      numbers[(at += rows)] = integerOf(v.cells, 1);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        instance: numberAt(numbers, (at += rows)),
        serial: others[((at += rows), row)] ?? null,
        source: nameAt(KINDS.pack.columns.source.names, numbers, (at += rows)),
        cycles: numberAt(numbers, (at += rows)),
        fullMah: numberAt(numbers, (at += rows)),
        designMah: numberAt(numbers, (at += rows)),
        cells: numberAt(numbers, (at += rows)),
      };
    },
  },
  parameters: {
    others: 4,
    take(v: Values<'parameters'>, numbers, others, row, rows) {
      let at = row;
      numbers[(at += rows)] = placeOf(KINDS.parameters.columns.event.names, v.event);
      at += rows;
      others[row * 4] = textOf(v.hash);
      numbers[(at += rows)] = integerOf(v.ageMs, 1);
      numbers[(at += rows)] = integerOf(v.part, 1);
      numbers[(at += rows)] = integerOf(v.parts, 1);
      at += rows;
      others[row * 4 + 1] = textOf(v.list);
      at += rows;
      others[row * 4 + 2] = textOf(v.version);
      at += rows;
      others[row * 4 + 3] = textOf(v.gitHash);
    },
    make(numbers, others, row, rows) {
      let at = row;
      return {
        event: nameAt(KINDS.parameters.columns.event.names, numbers, (at += rows)),
        hash: others[((at += rows), row * 4)] ?? null,
        ageMs: numberAt(numbers, (at += rows)),
        part: numberAt(numbers, (at += rows)),
        parts: numberAt(numbers, (at += rows)),
        list: others[((at += rows), row * 4 + 1)] ?? null,
        version: others[((at += rows), row * 4 + 2)] ?? null,
        gitHash: others[((at += rows), row * 4 + 3)] ?? null,
      };
    },
  },
};
