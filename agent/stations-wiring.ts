/** Gives ground stations the vehicle's link (a part of the composition root). */
import type { Link } from '@skein/hardware/link';
import { MavComponent } from '@skein/protocol/mavlink';
import type { AgentConfig } from './config.ts';
import type { ExtraStreams } from './extra-streams.ts';
import type { AgentPorts } from './ports.ts';
import type { Safety } from './safety.ts';
import { Stations } from './stations/index.ts';
import type { Vehicle } from './vehicle/index.ts';

/** No nominal rate (TCP, UDP): taken as a fast local network. */
const FAST_LINE_BYTES_PER_S = 1_000_000;

export interface StationsParts {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly link: Link;
  readonly vehicle: Vehicle;
  readonly safety: Safety;
  readonly extraStreams: ExtraStreams;
}

export function wireStations({ config, ports, link, vehicle, safety, extraStreams }: StationsParts): Stations {
  const { autopilot } = vehicle;
  // Asked for with every frame: the whole state would be made each time.
  let latched: { readonly sysid: number; readonly compid: number } | null = null;
  return new Stations({
    entries: config.station,
    createLink: (url) => ports.createLink(url, ports.log),
    nowMs: () => ports.nowUs() / 1000,
    vehicle: () => {
      const { sysid } = autopilot;
      if (sysid === null) return null;
      if (latched?.sysid !== sysid) latched = { sysid, compid: autopilot.state.compid ?? MavComponent.AUTOPILOT1 };
      return latched;
    },
    groundLock: () => safety.locked() !== null,
    lineBytesPerS: () => link.nominalBytesPerS ?? FAST_LINE_BYTES_PER_S,
    toAutopilot: (frame, msgid) => vehicle.relay(frame, msgid),
    onWrite: (_station, from, what) => autopilot.noteForeignWrite(from, what),
    onWishes: (wishes) => extraStreams.want('stations', wishes),
    onEvent: (event, station) => ports.log.info({ part: 'stations', event, station }, `station ${station} ${event}`),
  });
}
