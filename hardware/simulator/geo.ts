/** A place on the globe. Latitude and longitude in 1e-7 degrees, altitude above mean sea level in metres. */
export interface Place {
  readonly latE7: number;
  readonly lonE7: number;
  readonly altM: number;
}

/** Metres north and east of some origin. */
export interface NorthEast {
  readonly northM: number;
  readonly eastM: number;
}

/** Metres in 1e-7 degrees of latitude, for a sphere of 6 378 100 m: what ArduPilot computes with. */
const METRES_PER_E7 = 0.011131884502145034;

const eastScale = (latE7: number): number => Math.max(0.01, Math.cos((latE7 * 1e-7 * Math.PI) / 180));

/** Flat-earth offset; good to centimetres within a few kilometres. */
export function offset(origin: Place, by: NorthEast): { latE7: number; lonE7: number } {
  return {
    latE7: Math.round(origin.latE7 + by.northM / METRES_PER_E7),
    lonE7: Math.round(origin.lonE7 + by.eastM / (METRES_PER_E7 * eastScale(origin.latE7))),
  };
}

export function toNorthEast(origin: Place, place: { readonly latE7: number; readonly lonE7: number }): NorthEast {
  return {
    northM: (place.latE7 - origin.latE7) * METRES_PER_E7,
    eastM: (place.lonE7 - origin.lonE7) * METRES_PER_E7 * eastScale(origin.latE7),
  };
}

/** Into (−π, π]. */
export function wrapPi(angle: number): number {
  const turned = angle % (2 * Math.PI);
  if (turned > Math.PI) return turned - 2 * Math.PI;
  return turned <= -Math.PI ? turned + 2 * Math.PI : turned;
}

/** Into [0, 360). */
export function degrees360(radians: number): number {
  const degrees = ((radians * 180) / Math.PI) % 360;
  return degrees < 0 ? degrees + 360 : degrees;
}
