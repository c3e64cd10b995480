/**
 * AWS IoT Core on one machine: an MQTT 3.1.1 broker with custom authentication and policies, the
 * rules engine, and the HTTP data plane.
 */
import { once, within } from '../../runtime/draining.ts';
import type { AwsService, RuntimeContext } from '../../runtime/types.ts';
import { handleIotRequest } from './api.ts';
import { Broker, type BrokerMessage } from './broker.ts';
import { DeviceGate } from './device-gate.ts';
import { IotMetrics } from './iot-metrics.ts';
import { iotResources } from './resources.ts';
import { RulesEngine } from './rules-engine.ts';

/** Real time that actions of accepted messages get to end when the platform stops: most only hand over to a queue. */
const actionsGraceMs = 3_000;

export interface IotService extends AwsService {
  /** `mqtt://localhost:<port>`, once started. */
  readonly mqttUrl: string;
  /** How many devices are connected. */
  connections(): number;
  /** Publishes a message that comes from no device. */
  publish(message: BrokerMessage): Promise<void>;
  /** Resolves when every rule action that has begun is over. */
  idle(): Promise<void>;
}

export function createIotService(ctx: RuntimeContext): IotService {
  const gate = new DeviceGate(ctx);
  const metrics = new IotMetrics(ctx);
  const engine = new RulesEngine(ctx, metrics);
  const broker = new Broker({ ctx, gate, metrics }, ({ topic, payload }, session) => {
    const { clientId, sourceIp } = session?.facts ?? {};
    engine.process({ topic, payload, clientId, principal: session?.principal, sourceIp });
  });
  const tools = { ctx, publish: (message: BrokerMessage) => broker.publish(message) };
  let port = 0;
  const drain = once(async () => {
    await broker.stop();
    await within(actionsGraceMs, engine.idle());
  });
  return {
    signingName: 'iot',
    signingAliases: ['iotdata', 'iotdevicegateway'],
    resources: iotResources({ ctx, gate, engine, tools }),
    handle: (request) => handleIotRequest(request, broker, `localhost:${port}`),
    async start() {
      if (gate.isOpen) ctx.log.warn('No IoT authorizer is declared: every MQTT client may connect and do everything.');
      port = await broker.start(ctx.ports.mqtt);
    },
    drain,
    stop: drain,
    get mqttUrl() {
      return `mqtt://localhost:${port}`;
    },
    connections: () => broker.connections,
    publish: (message) => broker.publish(message),
    idle: () => engine.idle(),
  };
}
