/** What an itinerary is compiled to may all be sent, and comes back as it was sent: on both autopilots, by every method. */
import { compile, type DeliverItem, type Itinerary } from '@skein/protocol/fleet';
import t from 'tap';
import { asStored, itemFault } from './index.ts';

const place = { latDeg: 47.4, lonDeg: 8.547, altM: 40, frame: 'home' } as const;
const deliver = (how: DeliverItem['how'], more: Partial<DeliverItem> = {}): DeliverItem => ({
  do: 'deliver',
  ...place,
  how,
  ...more,
});
const PLAN: Itinerary = {
  ...{ id: 'all', version: 1, base: { latDeg: 47.3977, lonDeg: 8.5456 } },
  items: [
    { do: 'take-off', altM: 30 },
    { do: 'waypoint', ...place, frame: 'amsl', altM: 500, speedMps: 8, holdS: 3 },
    { do: 'loiter', ...place, forS: 20 },
    ...[deliver('place'), deliver('gripper'), deliver('gripper', { releaseAltM: 3 })],
    ...[deliver('drop', { releaseAltM: 6 }), deliver('winch', { releaseAltM: 12 })],
    { do: 'land', latDeg: 47.3977, lonDeg: 8.5456 },
  ],
  fence: {
    polygons: [{ inside: true, points: [place, { latDeg: 47.5, lonDeg: 8.6 }, { latDeg: 47.3, lonDeg: 8.7 }] }],
    circles: [{ inside: false, centre: { latDeg: 47.45, lonDeg: 8.6 }, radiusM: 30 }],
  },
  rally: [{ latDeg: 47.39, lonDeg: 8.54, altM: 40 }],
};

for (const flavour of ['ardupilot', 'px4'] as const) {
  t.test(
    `${flavour}: nothing of a compiled plan is refused, and its parameters are those that are given back`,
    async (t) => {
      const items = [...PLAN.items, { do: 'return' } as const];
      for (const plan of [PLAN, { ...PLAN, items: items.filter((item) => item.do !== 'land') }]) {
        const { mission, fence, rally } = compile(plan, { flavour });
        for (const [type, list] of [
          ['mission', mission],
          ['fence', fence],
          ['rally', rally],
        ] as const) {
          const stored = asStored(list, flavour, type);
          for (const [seq, item] of list.entries()) {
            t.equal(itemFault(type, item, seq, flavour), null, `${type} ${seq}: ${JSON.stringify(item)}`);
            const back = stored[seq]?.params.map((one) => Math.fround(one));
            if (type === 'mission')
              t.same(
                back,
                item.params.map((one) => Math.fround(one)),
                `${type} ${seq} ${item.command}`,
              );
          }
        }
      }
    },
  );
}
