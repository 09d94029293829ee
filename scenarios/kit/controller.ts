import fs from 'node:fs';
import path from 'node:path';
import { get, getJson, readMetrics } from './http.ts';
import { programs } from './paths.ts';
import { type Exit, Program } from './program.ts';

export interface ControllerOptions {
  readonly dir: string;
  readonly httpPort: number;
  readonly mqttPort: number;
  /** An external broker; left out: its own, on `mqttPort`. */
  readonly brokerUrl?: string;
  readonly extraArgs?: readonly string[];
  readonly startTimeoutMs?: number;
}

/** The controller process, always on the same ports. */
export class Controller {
  readonly program: Program;
  readonly dataDir: string;
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly #options: ControllerOptions;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.dataDir = path.join(options.dir, 'data');
    this.httpUrl = `http://127.0.0.1:${options.httpPort}`;
    this.mqttUrl = options.brokerUrl ?? `mqtt://127.0.0.1:${options.mqttPort}`;
    this.program = new Program({
      name: 'skein-controller',
      command: process.execPath,
      args: [],
      logFile: path.join(options.dir, 'controller.log'),
      readyEvent: 'listening',
      ...(options.startTimeoutMs === undefined ? {} : { startTimeoutMs: options.startTimeoutMs }),
    });
  }

  async start(extraArgs: readonly string[] = []): Promise<void> {
    const { brokerUrl, httpPort, mqttPort } = this.#options;
    fs.mkdirSync(this.dataDir, { recursive: true });
    await this.program.start([
      programs.controller,
      'run',
      `--dataDir=${this.dataDir}`,
      `--http.port=${httpPort}`,
      '--store.reserveMB=1',
      ...(brokerUrl === undefined ? [`--broker.port=${mqttPort}`] : [`--broker.url=${brokerUrl}`]),
      ...(this.#options.extraArgs ?? []),
      ...extraArgs,
    ]);
  }

  stop(): Promise<Exit> {
    return this.program.stop();
  }

  /** `GET` of a path of the API, JSON. */
  get<T>(pathAndQuery: string): Promise<T> {
    return getJson<T>(`${this.httpUrl}${pathAndQuery}`);
  }

  async metrics(): Promise<Map<string, number>> {
    return readMetrics((await get(`${this.httpUrl}/metrics`)).text);
  }
}
