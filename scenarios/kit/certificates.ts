/** Certificates as brokers have them, good and bad, of an authority made for one test: by openssl. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  /** Its own certificate, PEM. */
  readonly ca: string;
  issue(o: { readonly host: string; readonly from?: string; readonly to?: string }): KeyPair;
}

/** UTCTime as `openssl ca` takes it. */
const LONG_AGO = '20200101000000Z';
const FAR_AWAY = '20491231000000Z';
const CURVE = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate that is its own authority, as whoever sets up a broker in a hurry makes one. */
export function selfSigned(dir: string, host: string): KeyPair {
  fs.mkdirSync(dir, { recursive: true });
  const at = (file: string): string => path.join(dir, file);
  const names = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const args = ['req', '-x509', ...CURVE, '-keyout', at('own.key'), '-out', at('own.pem'), '-days', '3650', ...names];
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  return { key: fs.readFileSync(at('own.key'), 'utf8'), cert: fs.readFileSync(at('own.pem'), 'utf8') };
}

/** What it writes lies below `dir`, a folder of its own. */
export function createAuthority(dir: string, name: string): Authority {
  fs.mkdirSync(dir, { recursive: true });
  const at = (file: string): string => path.join(dir, file);
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const read = (file: string): string => fs.readFileSync(at(file), 'utf8');
  openssl(
    ...['req', '-x509', ...CURVE, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '3650'],
    ...['-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE'],
  );
  fs.writeFileSync(at('index.txt'), '');
  fs.writeFileSync(at('serial'), '1000\n');
  fs.writeFileSync(
    at('ca.cnf'),
    [
      ...['[ca]', 'default_ca = d', '[d]', `new_certs_dir = ${dir}`, `database = ${at('index.txt')}`],
      ...[`serial = ${at('serial')}`, 'default_md = sha256', 'policy = p', 'unique_subject = no'],
      ...['copy_extensions = copy', '[p]', 'commonName = supplied', ''],
    ].join('\n'),
  );
  let issued = 0;
  return {
    ca: read('ca.pem'),
    issue({ host, from = LONG_AGO, to = FAR_AWAY }) {
      const leaf = `leaf-${issued++}`;
      const names = /^[0-9.]+$/.test(host) ? `IP:${host}` : `DNS:${host}`;
      openssl(
        ...['req', '-new', ...CURVE, '-keyout', at(`${leaf}.key`), '-out', at(`${leaf}.csr`)],
        ...['-subj', `/CN=${host}`, '-addext', `subjectAltName=${names}`],
      );
      openssl(
        ...['ca', '-batch', '-notext', '-config', at('ca.cnf'), '-cert', at('ca.pem'), '-keyfile', at('ca.key')],
        ...['-startdate', from, '-enddate', to, '-in', at(`${leaf}.csr`), '-out', at(`${leaf}.pem`)],
      );
      return { key: read(`${leaf}.key`), cert: read(`${leaf}.pem`) };
    },
  };
}
