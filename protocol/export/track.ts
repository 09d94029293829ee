/** The way of a drone as GPX 1.1 and KML 2.2, point by point. Altitudes are above mean sea level, times are UTC. */

/** A track is broken where nothing was heard for so long, µs. */
export const TRACK_SILENCE_US = 15e6;

/**
 * Said in GeoJSON, whose third number is by RFC 7946 (4) a height above the ellipsoid, and which has no other place for it:
 * autopilots tell heights above the sea, up to a hundred metres off, and readers take the number for what it stands for there.
 */
export const ALTITUDES = 'metres above mean sea level';

export const xmlText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** xsd:decimal has no exponent; JavaScript writes one below a millionth. */
const decimal = (value: number): string => (Math.abs(value) < 1e-6 ? value.toFixed(7) : String(value));

export const GPX_BEGIN =
  '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Skein" xmlns="http://www.topografix.com/GPX/1/1">\n';
export const GPX_END = '</gpx>\n';

/** Altitude and time are left out when they are not known. */
export function gpxPoint(latDeg: number, lonDeg: number, altAmslM?: number, time?: string): string {
  const height = altAmslM === undefined ? '' : `<ele>${decimal(altAmslM)}</ele>`;
  return `<trkpt lat="${decimal(latDeg)}" lon="${decimal(lonDeg)}">${height}${time === undefined ? '' : `<time>${time}</time>`}</trkpt>\n`;
}

export const KML_BEGIN =
  '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">\n<Document>\n';
export const KML_END = '</Document>\n</kml>\n';

export const kmlTime = (time: string): string => `<when>${time}</when>\n`;
/** Without an altitude the sea's. */
export const kmlPoint = (latDeg: number, lonDeg: number, altAmslM = 0): string =>
  `<gx:coord>${decimal(lonDeg)} ${decimal(latDeg)} ${decimal(altAmslM)}</gx:coord>\n`;
