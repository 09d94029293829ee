/** What is exchanged with one autopilot besides commands: parameters, logs, missions. Each has a queue of its own. */
import { MavProtocolCapability, type Message } from '@skein/protocol/mavlink';
import type { ExchangeOptions } from './exchange.ts';
import type { Hearing } from './hearing.ts';
import { LogClient } from './logs.ts';
import { MissionClient } from './mission/missions.ts';
import { parameterEncoding } from './parameter-value.ts';
import { ParameterClient } from './parameters.ts';

export class Exchanges {
  readonly parameters: ParameterClient;
  readonly logs: LogClient;
  readonly missions: MissionClient;

  constructor(hearing: Hearing, o: ExchangeOptions) {
    const { latch, identity, clock, control } = hearing;
    const flavour = () => hearing.flavour?.name ?? null;
    const capabilities = () => identity.facts?.capabilities ?? null;
    const hasFtp = () => ((capabilities() ?? 0n) & BigInt(MavProtocolCapability.FTP)) !== 0n;
    const armed = () => (latch.isAlive(o.nowMs()) ? latch.armed : null);
    this.parameters = new ParameterClient({
      ...o,
      encoding: () => parameterEncoding(capabilities(), flavour()),
      hasFile: () => flavour() === 'ardupilot' && hasFtp(),
    });
    this.logs = new LogClient({ ...o, armed, hasFtp });
    this.missions = new MissionClient({
      ...o,
      flavour,
      vehicle: () => ({ armed: armed(), mode: hearing.state.mode }),
      guard: (signal) => control.guard(signal),
      readOnly: () => control.now.readOnly,
      roundTripMs: () => clock.roundTripMs,
      watch: hearing.missionWatch,
      progress: hearing.missionProgress,
    });
    hearing.texts.listen(({ text }) => this.missions.text(text));
  }

  /** A message of the autopilot. */
  take(message: Message, nowMs: number): void {
    this.parameters.take(message, nowMs);
    this.logs.take(message, nowMs);
    this.missions.take(message, nowMs);
  }

  /** Call every 100 ms. */
  tick(nowMs: number): void {
    this.parameters.tick(nowMs);
    this.logs.tick(nowMs);
    this.missions.tick(nowMs);
  }

  close(): void {
    this.parameters.close();
    this.logs.close();
    this.missions.close();
  }
}
