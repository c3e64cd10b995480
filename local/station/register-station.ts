/** Enters the station into the platform through the API that its users have, publishes its configuration and enrols its gateway. */
import { configurations } from '../../functions/scada/configurations/routes.ts';
import { devices } from '../../functions/scada/devices/routes.ts';
import { gateways } from '../../functions/scada/gateways/routes.ts';
import { points } from '../../functions/scada/points/routes.ts';
import { protocols } from '../../functions/scada/protocols/routes.ts';
import { topology } from '../../functions/scada/topology/routes.ts';
import { ApiError, type ClientOptions, createClient } from '../../layers/kernel/http/client.ts';
import type { StationPlan } from './station-plan.ts';

/** Values soon, and word of itself often: somebody watches. */
const gatewaySettings = {
  report: { intervalMs: 500, healthIntervalMs: 15_000 },
  remoteControl: { pointId: 'Q1.remote', remoteWhen: true },
};

/** Creates what is missing and changes what differs; repeated it changes nothing. @returns the published version */
export async function registerStation(access: ClientOptions, stationId: string, plan: StationPlan): Promise<number> {
  const gateway = { id: stationId, name: 'Gateway of the station', ...gatewaySettings };
  await createOnce(createClient(gateways, access).createGateway({ body: gateway }));
  const network = createClient(topology, access);
  // Parents first.
  for (const body of plan.network) await createOnce(network.createElement({ body: body as never }));
  const lines = createClient(protocols, access);
  for (const body of plan.protocols) {
    if (await createOnce(lines.createProtocol({ body: body as never }))) continue;
    const { id, stationId: _, ...changes } = body;
    await lines.updateProtocol({ params: { id: id as string }, body: changes as never });
  }
  const boxes = createClient(devices, access);
  for (const body of plan.devices) await createOnce(boxes.createDevice({ body: body as never }));
  for (const { deviceId, ...body } of plan.profiles)
    await boxes.applyDeviceProfile({ params: { id: deviceId }, body: { ...body, slowScanRateMs: 10_000 } });
  const content = plan.points.map((row) => JSON.stringify(row)).join('\n');
  const { data } = await createClient(points, access).importPoints({ body: { format: 'jsonl', content } });
  if (!data.applied) throw new Error(`Points of the station: ${JSON.stringify(data.problems.slice(0, 3))}`);
  const published = await createClient(configurations, access).publishConfiguration({
    params: { id: stationId },
    body: {},
  });
  return published.data.configurationVersion;
}

/** @returns the key of the gateway, which is shown once */
export async function enrolGateway(access: ClientOptions, stationId: string): Promise<string> {
  const { data } = await createClient(gateways, access).createEnrolmentToken({ params: { id: stationId } });
  // Whoever sets up the gateway has the token and nothing else.
  const { baseUrl } = access;
  const enrolled = await createClient(gateways, { baseUrl }).enrolGateway({ body: { token: data.token } });
  return enrolled.data.apiKey;
}

/** @returns whether it was created; false when it was there already */
async function createOnce(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.problem.code === 'already_exists') return false;
    throw error;
  }
}
