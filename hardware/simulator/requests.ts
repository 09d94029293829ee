import { type Message, messageByName } from '@skein/protocol/mavlink';
import type { Autopilot } from './autopilot/autopilot.ts';
import { NO_INDEX } from './autopilot/voice.ts';
import type { Command } from './commands/command.ts';
import { carryOut } from './commands/dispatch.ts';
import { toNorthEast } from './geo.ts';
import { streamGroups } from './messages/telemetry.ts';
import type { Port } from './port.ts';
import type { Source } from './service.ts';

const MODE_NOT_CUSTOM = 0;
const ALL_STREAMS = 0;

/** Carries out one message that is for the autopilot. Those it does not know it ignores, without an answer. */
export function handle(autopilot: Autopilot, message: Message, from: Source, port: Port): void {
  if (autopilot.services.some((service) => service.take(message, from, port))) return;
  switch (message.name) {
    case 'COMMAND_LONG': {
      const { command, param1, param2, param3, param4, param5, param6, param7 } = message.fields;
      const params: Command['params'] = [param1, param2, param3, param4, param5, param6, param7];
      carryOut(autopilot, { id: command, params, frame: 0, int: false, from }, port);
      return;
    }
    case 'COMMAND_INT': {
      const { command, frame, param1, param2, param3, param4, x, y, z } = message.fields;
      const params: Command['params'] = [param1, param2, param3, param4, x, y, z];
      carryOut(autopilot, { id: command, params, frame, int: true, from }, port);
      return;
    }
    case 'HEARTBEAT':
      autopilot.heardHeartbeat(from.sysid);
      return;
    case 'TIMESYNC':
      // tc1 = 0 asks; an answer to our own question needs no answer.
      if (message.fields.tc1 === 0n) {
        port.send('TIMESYNC', {
          tc1: autopilot.bootNs,
          ts1: message.fields.ts1,
          target_system: from.sysid,
          target_component: from.compid,
        });
      }
      return;
    case 'PARAM_REQUEST_READ': {
      const { param_index, param_id } = message.fields;
      const found = param_index >= 0 ? autopilot.parameters.at(param_index) : autopilot.parameters.find(param_id);
      if (found !== undefined) autopilot.voice.sendParameter(port, found, param_index >= 0 ? param_index : NO_INDEX);
      return;
    }
    case 'PARAM_REQUEST_LIST':
      // The banner comes with every list; it proves no reboot.
      for (const text of autopilot.banner) autopilot.voice.sayTo(port, text);
      port.listAt = 0;
      port.listDueMs = autopilot.nowMs;
      return;
    case 'PARAM_SET': {
      const { param_id, param_value } = message.fields;
      autopilot.setParameter(param_id, param_value);
      return;
    }
    case 'SET_MODE':
      // Old, and never acknowledged.
      if (message.fields.base_mode !== MODE_NOT_CUSTOM) {
        autopilot.flight.setMode(message.fields.custom_mode, autopilot.vehicle.body, autopilot.nowMs);
      }
      return;
    case 'REQUEST_DATA_STREAM':
      requestStreams(autopilot, message.fields, port);
      return;
    case 'SET_POSITION_TARGET_GLOBAL_INT': {
      const { lat_int, lon_int, alt, coordinate_frame, type_mask } = message.fields;
      if ((type_mask & 7) !== 0 || !Number.isFinite(alt)) return;
      const { world, flight } = autopilot;
      const baseM = (flight.home ?? world).altM - world.altM;
      const relative = coordinate_frame !== 0 && coordinate_frame !== 5;
      const upM = relative ? alt + baseM : alt - world.altM;
      flight.goTo({ ...toNorthEast(world, { latE7: lat_int, lonE7: lon_int }), upM }, autopilot.vehicle.body);
      return;
    }
    case 'MISSION_SET_CURRENT':
      // Out of range: silence. Else one MISSION_CURRENT with the number that was asked for.
      if (autopilot.flight.setCurrent(message.fields.seq, autopilot.vehicle.body, autopilot.nowMs))
        autopilot.voice.sendCurrent(port, message.fields.seq);
      return;
    default:
      return;
  }
}

interface StreamRequest {
  readonly req_stream_id: number;
  readonly req_message_rate: number;
  readonly start_stop: number;
}

/** The old way of asking: a group at a rate, never acknowledged. */
function requestStreams(autopilot: Autopilot, request: StreamRequest, port: Port): void {
  const names =
    request.req_stream_id === ALL_STREAMS
      ? Object.values(streamGroups).flat()
      : (streamGroups[request.req_stream_id] ?? []);
  for (const name of names) {
    const { id } = messageByName(name);
    if (request.start_stop === 0 || request.req_message_rate === 0) port.streams.stop(id);
    else port.streams.set(id, 1e6 / request.req_message_rate, autopilot.nowMs);
  }
}
