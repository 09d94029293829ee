/**
 * The one way the rest of the controller speaks MQTT. Embedded broker or external, nothing else can tell.
 */
export interface BusMessage {
  readonly topic: string;
  /** Valid during the call only; copy what is kept. */
  readonly payload: Uint8Array;
  /** The broker had kept it (retain) and gave it to us as we subscribed: it may be of any time. */
  readonly kept?: boolean;
}

export interface Listening {
  /** We do without where the broker does not let us; it is counted. */
  readonly optional?: boolean;
}

export interface Bus {
  /** Connects; rejects with a message for people when it cannot even begin (a port that is taken). */
  start(): Promise<void>;
  /**
   * Resolves once the broker has granted them; they are renewed by themselves after a reconnection. The handler
   * returns at once: a message handler that waits would hold the broker back.
   */
  subscribe(filters: readonly string[], handler: (message: BusMessage) => void, o?: Listening): Promise<void>;
  /** Fire and forget: what cannot be sent is counted; who needs certainty has an answer in the protocol. */
  publish(topic: string, payload: string | Uint8Array, qos: 0 | 1): void;
  /** Called now if connected, and on each connection after the subscriptions stand: the time to say hello. */
  onUp(handler: () => void): void;
  /** Where drones connect, null when that is not here. */
  readonly address: string | null;
  /** Messages waiting inside, for metrics. */
  readonly depth: number;
  /** Connections held (embedded), or 1 when connected. */
  readonly connections: number;
  close(): Promise<void>;
}

export const BROKER_COUNTERS = {
  connections: 'connections accepted',
  refusedAddress: 'connections refused: too many from one address',
  refusedTotal: 'connections refused: broker.maxConnections reached',
  refusedRate: 'connections refused: too many in too short a time from one address',
  firstNotConnect: 'connections closed: the first packet was not a CONNECT',
  malformed: 'connections closed: not MQTT',
  tooLarge: 'connections closed: packet over broker.maxPacketKB',
  qos2: 'connections closed: QoS 2',
  throttled: 'times a connection was made to wait for sending too fast',
  badClientId: 'connections refused: client id is not <drone>-<8 hex>',
  badUser: 'connections refused: user name is not the drone of the client id',
  notClean: 'connections refused: not a clean session',
  badTopic: 'publications outside the drone’s own topics; the connection is closed',
  badFilter: 'subscriptions refused: outside the drone’s own topics',
  unknownChannel: 'publications on channels this version does not know; nobody reads them',
  retained: 'publications whose retain flag was taken off',
  keepalive: 'connections closed: keep-alive ran out',
  clientError: 'connections closed for an error of the client',
  published: 'messages published',
  publishFailed: 'messages that could not be published',
  reconnects: 'connections to the external broker',
  notGranted: 'subscriptions that the external broker refuses, and that we do without',
} as const;
export type BrokerCounter = keyof typeof BROKER_COUNTERS;
export type Count = (name: BrokerCounter, by?: number) => void;
