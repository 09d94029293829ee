export { AedesBus, type AedesBusOptions, MAX_CONNECT_BYTES } from './aedes-bus.ts';
export { BROKER_COUNTERS, type BrokerCounter, type Bus, type BusMessage } from './bus.ts';
export { MqttBus, type MqttBusOptions } from './mqtt-bus.ts';
