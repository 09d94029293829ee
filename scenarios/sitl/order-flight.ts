/**
 * Orders, on the simulator and on a real autopilot: one flown to the door and home around a zone; then one whose gate stays
 * shut, which leads along the plan and not through the zone.
 */
import { MavCmd } from '@skein/protocol/mavlink';
import { until } from '../kit/until.ts';
import type { DeliveryFlightOptions } from './delivery-flight.ts';
import { Fitted } from './fitted.ts';
import type { Place } from './rounds.ts';
import { Site, seconds, told } from './site.ts';
import { FlightEnded } from './steps.ts';

/** Of the controller: what this drone can. Low and near, so that a flight takes little time. */
export const ORDERED = ['--orders.methods=drop', '--itineraries.batteryWh=300', '--orders.emptyKg=3'] as const;
/** Of the agent: its ladder does not return while the gate is waited for. */
export const PATIENT = ['--ladder.waitS=300'] as const;
const FLOWN_WITHIN_MS = 600_000;
const M_PER_DEG = 111_320;
const GRAB = 1;
const ACCEPTED = 0;

interface OrderView {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly words: string | null;
  readonly parcel: string | null;
  readonly attempts: readonly { readonly delivery: { readonly itinerary: string } | null }[];
}

type Condition = (order: OrderView) => boolean | Promise<boolean>;

export async function flyOrders(o: DeliveryFlightOptions): Promise<void> {
  const site = new Site(o);
  const { steps, pilot } = site;
  const fitted = new Fitted(pilot);
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${o.httpUrl}/api/v1${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
  const becomes = async (id: string, what: string, is: Condition, timeoutMs: number) => {
    let seen: OrderView | null = null;
    const { tookMs } = await until(
      async () => {
        seen = await call<OrderView>('GET', `/orders/${id}`);
        return is(seen);
      },
      { timeoutMs, everyMs: 500, what, seen: () => seen },
    );
    return { tookMs, order: seen as unknown as OrderView };
  };
  /** Loaded by hand, and said so. */
  const load = async (id: string): Promise<void> => {
    await pilot.command(MavCmd.DO_GRIPPER, 1, GRAB);
    await call('POST', `/orders/${id}/loaded`, { issuedBy: 'Kim' });
  };
  /** Under way. The satellites of an autopilot in software are late: people know that, and let it fly with its clock alert. */
  const starts = async (id: string): Promise<{ readonly order: OrderView; readonly words: string }> => {
    let dismissed = '';
    const { order, tookMs } = await becomes(
      id,
      'outbound',
      async ({ state, words }) => {
        if (state === 'ready' && /alert clock/.test(words ?? '')) dismissed = await dismissClock();
        return state === 'outbound';
      },
      180_000,
    );
    return { order, words: `after ${seconds(tookMs)}${dismissed}` };
  };
  const dismissClock = async (): Promise<string> => {
    const { alerts } = await call<{ alerts: readonly { id: string; class: string }[] }>('GET', '/alerts?open=true');
    const clocks = alerts.filter((alert) => alert.class === 'clock');
    for (const alert of clocks) await call('POST', `/alerts/${alert.id}/dismiss`, { issuedBy: 'Ann' });
    return ', its clock alert dismissed';
  };
  const place = (north: number, east: number, of: Place): Place => ({
    latDeg: of.latDeg + north / M_PER_DEG,
    lonDeg: of.lonDeg + east / (M_PER_DEG * Math.cos((of.latDeg * Math.PI) / 180)),
  });

  try {
    await steps.must('pilot and agent hear the autopilot', async () => `after ${seconds(await pilot.heard(60_000))}`);
    await steps.must('it is fitted with a gripper, and started anew', async () => {
      await fitted.set([...pilot.make.forFlight, ...pilot.make.forDeliveries]);
      await until(async () => (await site.entry()).freshness.state === 'fresh', {
        timeoutMs: 60_000,
        what: 'fresh data',
      });
      await site.watch(2_000);
      return `${fitted.words}; ${told(await site.succeeds('reboot', { target: 'autopilot' }))}`;
    });
    let grabbed: number | null = null;
    await steps.must('it may be armed', async () => {
      await pilot.heard(60_000);
      const grabs = async () => {
        grabbed = await pilot.command(MavCmd.DO_GRIPPER, 1, GRAB);
        return grabbed === ACCEPTED;
      };
      await until(grabs, { timeoutMs: 20_000, everyMs: 1_000, what: 'the gripper to close', seen: () => grabbed });
      return `after ${seconds(await site.fit())}`;
    });

    const home = site.place;
    const door = place(120, 0, home);
    await call('PUT', '/bases/field', { name: 'Field', place: home, pads: [{ id: 'a', place: home }] });
    // Across the straight way: there and back lead around it.
    const zone = { name: 'Barn', kind: 'no-fly', circle: { centre: place(60, 0, home), radiusM: 12 } };
    await call('PUT', '/zones/barn', zone);
    const wish = { pickup: home, dropOff: door, payloadKg: 0.5, how: 'drop', issuedBy: 'shop' };

    let id = '';
    await steps.must('an order waits at the pickup to be loaded', async () => {
      const order = await call<OrderView>('POST', '/orders', wish);
      ({ id } = order);
      const { tookMs } = await becomes(id, 'an order that is loading', ({ state }) => state === 'loading', 60_000);
      return `after ${seconds(tookMs)}`;
    });
    await steps.must('loaded: planned around the zone, verified, started', async () => {
      await load(id);
      const { order, words } = await starts(id);
      const itinerary = order.attempts[0]?.delivery?.itinerary ?? '';
      const { itinerary: plan } = await call<{ itinerary: { items: readonly { do: string; shut?: string }[] } }>(
        'GET',
        `/itineraries/${itinerary}`,
      );
      const shut = plan.items.find((item) => item.do === 'deliver')?.shut;
      if (shut !== 'along') throw new Error(`its gate leads ${shut}: ${JSON.stringify(plan.items)}`);
      return `${words}; ${plan.items.length} items, the gate leads along them`;
    });
    await steps.step('flown, released, home; what proves nothing is settled by a person', async () => {
      const over = ({ state }: OrderView) => state === 'closed' || state === 'unproved';
      const { tookMs, order } = await becomes(id, 'an order that is over', over, FLOWN_WITHIN_MS);
      if (order.state === 'closed') return `${order.outcome} after ${seconds(tookMs)}`;
      const itinerary = order.attempts[0]?.delivery?.itinerary ?? '';
      const item = await deliverItem(call, itinerary);
      await call('POST', `/itineraries/${itinerary}/deliveries/${o.drone}/${item}/settle`, { word: 'released' });
      const settled = await becomes(id, 'settled', ({ state }) => state === 'closed', 60_000);
      if (settled.order.outcome !== 'delivered') throw new Error(JSON.stringify(settled.order));
      return `unproved after ${seconds(tookMs)}, ${settled.order.outcome} by Ann's word`;
    });

    await steps.step(
      'the controller is away before the gate: it stays shut and leads along the plan, home',
      async () => {
        const order = await call<OrderView>('POST', '/orders', wish);
        await becomes(order.id, 'loading', ({ state }) => state === 'loading', 60_000);
        await load(order.id);
        await starts(order.id);
        await site.away(home, 20);
        await o.controller.stop();
        let nearestM = Number.POSITIVE_INFINITY;
        try {
          const centre = zone.circle.centre;
          const down = (): boolean => {
            nearestM = Math.min(nearestM, metres(site.place, centre));
            return !pilot.seen.armed;
          };
          await until(down, { timeoutMs: FLOWN_WITHIN_MS, everyMs: 100, what: 'it to land', seen: () => pilot.seen });
        } finally {
          await site.controllerBack();
        }
        const { order: seen } = await becomes(order.id, 'over', isAtRest, 120_000);
        if (seen.parcel !== 'aboard') throw new Error(JSON.stringify(seen));
        if (nearestM < zone.circle.radiusM)
          throw new Error(`it came as near as ${nearestM.toFixed(1)} m to the middle`);
        await call('POST', `/orders/${order.id}/cancel`, {});
        await becomes(order.id, 'unloading', ({ state }) => state === 'unloading', 60_000);
        await call('POST', `/orders/${order.id}/unloaded`, {});
        const { order: end } = await becomes(order.id, 'closed', ({ state }) => state === 'closed', 30_000);
        return `landed with its parcel, ${nearestM.toFixed(0)} m from the middle of the zone at least; ${end.outcome}`;
      },
    );
  } catch (error) {
    if (!(error instanceof FlightEnded)) throw error;
  } finally {
    await pilot.land().catch((error: unknown) => console.error(String(error)));
    await steps.step('the parameters are put back', () => fitted.putBack());
    await site.close();
  }
}

/** On the ground with its parcel: planned once more, or to be taken off. */
const isAtRest = ({ state }: OrderView): boolean => state === 'ready' || state === 'unloading' || state === 'starting';

async function deliverItem(call: <T>(method: string, path: string) => Promise<T>, itinerary: string): Promise<number> {
  const { itinerary: plan } = await call<{ itinerary: { items: readonly { do: string }[] } }>(
    'GET',
    `/itineraries/${itinerary}`,
  );
  return plan.items.findIndex((item) => item.do === 'deliver');
}

function metres(a: Place, b: Place): number {
  const north = (a.latDeg - b.latDeg) * M_PER_DEG;
  return Math.hypot(north, (a.lonDeg - b.lonDeg) * M_PER_DEG * Math.cos((a.latDeg * Math.PI) / 180));
}
