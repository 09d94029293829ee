/** What the simulated autopilot really holds, against a compiled itinerary: by its own storage, not by the product's comparison. */
import type { Simulator } from '@skein/hardware/simulator';
import type { Compiled } from '@skein/protocol/fleet';
import type { MissionItem } from '@skein/protocol/mavlink';
import type { ItemList } from '../../hardware/simulator/autopilot/itemList.ts';
import type { MissionItem as StoredItem } from '../../hardware/simulator/autopilot/mission.ts';
import { storeItem } from '../../hardware/simulator/autopilot/missionStorage.ts';
import { flown, storePx4Item } from '../../hardware/simulator/flavours/px4/items.ts';

/** As it is on the wire: float32. */
function given({ command, frame, params, x, y, z }: MissionItem): StoredItem {
  const [param1, param2, param3, param4] = params.map(Math.fround) as [number, number, number, number];
  return { command, frame, param1, param2, param3, param4, x, y, z: Math.fround(z) };
}

const FIELDS = ['frame', 'command', 'param1', 'param2', 'param3', 'param4', 'x', 'y', 'z'] as const;

function firstOther(
  wanted: readonly Readonly<Record<string, unknown>>[],
  held: readonly Readonly<Record<string, unknown>>[],
  o: { readonly list: string; readonly fields: readonly string[]; readonly from: number },
): string | null {
  if (wanted.length !== held.length) return `${o.list}: ${held.length} items, not ${wanted.length}`;
  for (let seq = o.from; seq < wanted.length; seq++) {
    for (const field of o.fields) {
      const [want, have] = [wanted[seq]?.[field], held[seq]?.[field]];
      if (want !== have && !Object.is(want, have)) return `${o.list} item ${seq}: ${field} ${have}, not ${want}`;
    }
  }
  return null;
}

const held = (list: ItemList): readonly Readonly<Record<string, unknown>>[] =>
  Array.from({ length: list.count }, (_, seq) => {
    const given = list.give(seq);
    return given.ok ? { ...given.item } : {};
  });

/** Null: it holds just this; else the first difference. Of a PX4 only the mission can be looked at. */
export function differs(simulator: Simulator, flavour: 'ardupilot' | 'px4', plan: Compiled): string | null {
  const { mission, lists } = simulator.autopilot;
  if (flavour === 'px4') {
    const wanted = plan.mission.map((item) => {
      const stored = storePx4Item({ ...given(item), autocontinue: 1 });
      return stored.ok ? { ...flown(stored.item) } : {};
    });
    return firstOther(
      wanted,
      mission.items.slice(1).map((item) => ({ ...item })),
      {
        list: 'mission',
        fields: FIELDS,
        from: 0,
      },
    );
  }
  const wanted = plan.mission.map((item) => {
    const stored = storeItem(given(item));
    return stored.ok ? { ...stored.item } : {};
  });
  const fence = plan.fence.map(({ command, params, x, y }) => ({ command, param1: Math.fround(params[0]), x, y }));
  const rally = plan.rally.map(({ x, y, z }) => ({ x, y, z: Math.trunc(z) }));
  return (
    // Item 0 is home, and is the autopilot's own.
    firstOther(
      wanted,
      mission.items.map((item) => ({ ...item })),
      { list: 'mission', fields: FIELDS, from: 1 },
    ) ??
    firstOther(
      fence,
      lists.fence.items.map((item) => ({ ...item })),
      {
        list: 'fence',
        fields: ['command', 'param1', 'x', 'y'],
        from: 0,
      },
    ) ??
    firstOther(rally, held(lists.rally), {
      list: 'rally',
      fields: ['x', 'y', 'z'],
      from: 0,
    })
  );
}
