import t from 'tap';
import { bytes, compassPoint, count, distance, fixed, heading, latLon, signed, withUnit } from './numbers.ts';
import { ageExact, ageWords, plusMinus, span, utcClock, utcFull } from './times.ts';

const plain = (text: string): string => text.replaceAll('\u202f', ' ').replaceAll('\u2212', '-');

t.test('unknown is a dash, never NaN or null', async (t) => {
  for (const f of [fixed, heading, distance, bytes, count, compassPoint, signed, span, plusMinus]) {
    for (const bad of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) t.equal(f(bad), '–');
  }
  t.equal(withUnit(null, 'm'), '–');
  t.equal(latLon(null, 3), '–');
});

t.test('numbers', async (t) => {
  t.equal(plain(fixed(-0.04, 1)), '0.0', 'no minus on a rounded zero');
  t.equal(plain(fixed(-1.25, 1)), '-1.3');
  t.equal(signed(1.24), '+1.2');
  t.equal(plain(signed(-1.24)), '-1.2');
  t.equal(signed(0.01), '0.0');
  t.equal(heading(359.6), '000');
  t.equal(heading(-10), '350');
  t.equal(heading(7), '007');
  t.equal(compassPoint(338), 'N');
  t.equal(compassPoint(100), 'E');
  t.equal(plain(distance(999.4)), '999 m');
  t.equal(plain(distance(1234)), '1.2 km');
  t.equal(plain(bytes(812)), '812 B');
  t.equal(plain(bytes(4096)), '4.1 kB');
  t.equal(plain(bytes(2.5e9)), '2.5 GB');
  t.equal(count(9999), '9999');
  t.equal(count(12_345), '12k');
  t.equal(count(3_400_000), '3.4M');
  t.equal(plain(latLon(43.695123, -7.25134)), '43.69512° N 7.25134° W');
});

t.test('ages never round up', async (t) => {
  t.equal(plain(ageWords(null)), '–');
  t.equal(plain(ageWords(2_999)), '2 s');
  t.equal(plain(ageWords(59_999)), '59 s');
  t.equal(plain(ageWords(60_000)), '1 min');
  t.equal(plain(ageWords(7_300_000)), '2 h');
  t.equal(plain(ageExact(3_090)), '3.0 s');
  t.equal(plain(ageExact(-5)), '0.0 s');
  t.equal(plain(ageExact(252_000)), '4 min 12 s');
  t.equal(plain(ageExact(11_100_000)), '3 h 05 min');
  t.equal(ageExact(null), 'never');
});

t.test('times', async (t) => {
  t.equal(plain(span(12_000)), '3 h 20 min');
  t.equal(plain(plusMinus(12_300)), '± 12 ms');
  t.equal(plain(plusMinus(1_400_000)), '± 1.4 s');
  t.equal(utcClock(1_795_000_000_000), '11:06:40');
  t.equal(utcFull(1_795_000_000_123), '2026-11-18 11:06:40.123 UTC');
});
