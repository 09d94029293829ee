export interface Home {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly altM: number;
}

/** Five homes around Zürich, some hundred metres to kilometres apart. */
export const FLEET: readonly DronePlace[] = [
  { id: 'heron-01', seed: 11, home: { latDeg: 47.3977, lonDeg: 8.5456, altM: 488 } },
  { id: 'ibis-02', seed: 22, home: { latDeg: 47.4032, lonDeg: 8.5511, altM: 492 } },
  { id: 'kite-03', seed: 33, home: { latDeg: 47.3861, lonDeg: 8.5318, altM: 431 } },
  { id: 'swift-04', seed: 44, home: { latDeg: 47.3789, lonDeg: 8.5602, altM: 566 } },
  { id: 'egret-05', seed: 55, home: { latDeg: 47.4108, lonDeg: 8.5237, altM: 459 } },
];

/** One more in the middle of them, on the ground: with a parcel in its gripper, and what the profile `bvlos` wants set. */
export const STANDING: DronePlace = {
  id: 'robin-06',
  seed: 66,
  home: { latDeg: 47.3945, lonDeg: 8.5389, altM: 470 },
  start: 'ready',
  simulatorArgs: [
    '--payload=0.8',
    '--param=FS_GCS_ENABLE=1,FS_OPTIONS=17,FENCE_ENABLE=1,FENCE_RADIUS=3000,BATT_FS_LOW_ACT=2,BATT_FS_CRT_ACT=1,BATT_CRT_VOLT=10',
  ],
  agentArgs: ['--profile=bvlos'],
};

export interface DronePlace {
  readonly id: string;
  readonly seed: number;
  readonly home: Home;
  /** `airborne` unless said. */
  readonly start?: 'airborne' | 'ready';
  readonly simulatorArgs?: readonly string[];
  readonly agentArgs?: readonly string[];
}

/** Any number of places: FLEET, then further ones on a grid beside it. */
export function placeOf(index: number): DronePlace {
  const known = FLEET[index];
  if (known) return known;
  const [row, column] = [Math.floor(index / 10), index % 10];
  return {
    id: `drone-${String(index + 1).padStart(2, '0')}`,
    seed: 11 * (index + 1),
    home: { latDeg: 47.3 + row * 0.004, lonDeg: 8.4 + column * 0.005, altM: 450 },
  };
}
