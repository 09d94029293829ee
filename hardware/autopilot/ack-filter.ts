/** Which COMMAND_ACKs are answers to us. Pure. */
import { MavComponent, type Messages } from '@skein/protocol/mavlink';

export class AckFilter {
  readonly counters = { forOthers: 0 };
  #namesTarget = false;

  /**
   * The caller has made sure that it comes from our autopilot. With others about, an answer that names nobody may be
   * theirs; it is taken only from an autopilot that never names anybody (MAVLink 1 cannot).
   */
  isForUs(f: Messages['COMMAND_ACK'], sysid: number, othersAbout: boolean): boolean {
    const system = f.target_system ?? 0;
    const component = f.target_component ?? 0;
    const exact = system === sysid && component === MavComponent.ONBOARD_COMPUTER;
    if (exact) this.#namesTarget = true;
    const may = (system === 0 || system === sysid) && (component === 0 || component === MavComponent.ONBOARD_COMPUTER);
    const isOurs = exact || (may && !(othersAbout && this.#namesTarget));
    if (!isOurs) this.counters.forOthers++;
    return isOurs;
  }
}
