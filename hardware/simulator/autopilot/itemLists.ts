import type { Autopilot } from './autopilot.ts';
import { FenceList } from './fenceList.ts';
import type { ItemList } from './itemList.ts';
import { MissionList } from './missionList.ts';
import { RallyList } from './rallyList.ts';

export interface ItemLists {
  readonly fence: FenceList;
  readonly rally: RallyList;
  readonly all: readonly ItemList[];
}

/** The three lists in the autopilot's flash, which count themselves in parameters. */
export function itemLists(autopilot: Autopilot): ItemLists {
  const counted =
    (name: string) =>
    (total: number): void => {
      if (total === autopilot.parameters.value(name)) return;
      autopilot.parameters.set(name, total);
      autopilot.voice.announce(name);
    };
  const mission = new MissionList({
    mission: autopilot.mission,
    get home() {
      return autopilot.flight.home;
    },
    get running() {
      return autopilot.flight.inAuto && autopilot.mission.progress === 'active';
    },
    counted: (total) => {
      counted('MIS_TOTAL')(total);
      autopilot.flight.missionChanged(autopilot.vehicle.body, autopilot.nowMs);
    },
  });
  const fence = new FenceList({
    say: (text, severity) => autopilot.voice.say(text, severity),
    counted: counted('FENCE_TOTAL'),
  });
  const rally = new RallyList(counted('RALLY_TOTAL'));
  return { fence, rally, all: [mission, fence, rally] };
}
