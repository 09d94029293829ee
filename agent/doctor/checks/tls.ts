/** What TLS with the broker ended with. */
import type { BrokerFacts } from '../facts.ts';
import { type Finding, found } from '../finding.ts';

const day = (utcMs: number): string => new Date(utcMs).toISOString().slice(0, 10);
const clockLine = 'is the board’s clock right? (area clock here): timedatectl';

/** What then to set. */
export function noTls({ url, host, port }: BrokerFacts): string {
  const [plain, secure, usual] = url.startsWith('wss:') ? ['ws', 'wss', 443] : ['mqtt', 'mqtts', 8883];
  return `uplink.url = "${plain}://${host}:${port}", inside a trusted network only; or the port with TLS, usually ${usual}: "${secure}://${host}:${usual}"`;
}

const TRUST = [
  'echo NODE_EXTRA_CA_CERTS=/etc/skein/ca.pem | sudo tee -a /etc/skein/agent.env   (the service reads it), then restart the agent, disarmed on the ground',
  'to see it accepted here first: NODE_EXTRA_CA_CERTS=/etc/skein/ca.pem skein-agent doctor …',
];
const AUTHORITY = [
  'save the certificate of the authority that signed it as /etc/skein/ca.pem',
  ...TRUST,
  'of a public authority? Then the broker must send the certificates in between as well (fullchain.pem)',
];

/** Codes of OpenSSL's verification (X509_V_ERR_…) as Node gives them, and of its alerts. */
export function tls(broker: BrokerFacts): Finding {
  const { code, host, port, certificate, detail } = broker;
  const of =
    certificate === null ? 'The certificate of the broker' : `The certificate of the broker (${certificate.subject})`;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return found(
        'tls-expired',
        `${of} ended on ${certificate === null ? '?' : day(certificate.toMs)}.`,
        clockLine,
        'if it is: renew the certificate on the broker’s side, and have it load it',
      );
    case 'CERT_NOT_YET_VALID':
      return found(
        'tls-not-yet',
        `${of} begins on ${certificate === null ? '?' : day(certificate.fromMs)}, later than this board believes it is: its clock is behind.`,
        'set the clock: sudo date -u -s "YYYY-MM-DD HH:MM" (UTC), or connect it to the internet once: sudo timedatectl set-ntp true',
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return found(
        'tls-host',
        `${of} is made out for ${certificate?.names.join(', ') || 'somebody else'}, not for ${host}.`,
        ...(certificate?.names[0] === undefined
          ? [`have a certificate made whose subjectAltName has ${host}`]
          : [
              `use that name: uplink.url = "mqtts://${certificate.names[0]}:${port}"`,
              `or have a certificate made whose subjectAltName has ${host}`,
            ]),
      );
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'EPROTO':
      return found(
        'tls-none',
        `What listens at ${host} port ${port} does not speak TLS.`,
        `the port speaks no TLS: ${noTls(broker)}`,
      );
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return found(
        'tls-ca',
        `${of} is signed by itself: this board does not know it.`,
        'is it that of your broker? Compare its fingerprint there; then save it as /etc/skein/ca.pem',
        ...TRUST,
      );
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return found(
        'tls-ca',
        `${of} was signed by ${certificate?.issuer ?? 'somebody'}, whom this board does not know.`,
        ...AUTHORITY,
      );
    default:
      break;
  }
  if (code !== null && /ALERT_(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE)|CERTIFICATE_REQUIRED/.test(code))
    return found(
      'tls-client-certificate',
      'The broker wants a certificate of the drone, and the agent has none to show.',
      'let this listener of the broker do without (Mosquitto: require_certificate false) and have drones log in by name: uplink.username, uplink.password',
    );
  return found(
    'tls-failed',
    `TLS with ${host} port ${port} failed: ${detail ?? code ?? 'no reason given'}.`,
    `look closer: openssl s_client -connect ${host}:${port} -servername ${host}`,
  );
}
