/** Test support: a gateway on a free port, declared like a template would, with functions that run in the test. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createClock } from '../../runtime/clock.ts';
import { CostMeter } from '../../runtime/cost-meter.ts';
import { FaultInjector } from '../../runtime/faults.ts';
import { openAccess } from '../../runtime/open-access.ts';
import type { AwsService, DeclaredResource, InvokeResult, LambdaInvoker, RuntimeContext } from '../../runtime/types.ts';
import { createApiGatewayService } from './index.ts';

export type FakeFunction = (event: any) => unknown;

export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
}

/** Declares `resources` (logical id → type and properties, in order of creation) and starts the service. */
export async function startGateway(resources: Record<string, [type: string, properties: Record<string, any>]>) {
  const clock = createClock();
  const lambda = new FakeLambda();
  const logged: string[] = [];
  const delivered: { arn: string; payload: string }[] = [];
  const metrics = new FakeMetrics();
  const record = (message: string) => void logged.push(message);
  const ctx: RuntimeContext = {
    clock,
    log: { debug: record, info: record, warn: record, error: record },
    meter: new CostMeter(),
    faults: new FaultInjector(),
    dataDir: undefined,
    region: 'us-east-1',
    accountId: '000000000000',
    ports: { rest: 0, mqtt: 0, aws: 0 },
    service: <T extends AwsService>(name: string) => (name === 'lambda' ? lambda : metrics) as unknown as T,
    access: openAccess,
    targets: { register: () => undefined, deliver: async ({ arn, payload }) => void delivered.push({ arn, payload }) },
  };
  const service = createApiGatewayService(ctx);
  const created: Record<string, { ref: string; attributes?: Record<string, unknown> }> = {};
  try {
    for (const [logicalId, [type, properties]] of Object.entries(resources))
      created[logicalId] = await service.resources[`AWS::ApiGatewayV2::${type}`]!(
        declared(logicalId, type, resolveRefs(properties, created)),
      );
  } catch (error) {
    await service.stop!();
    throw error;
  }
  await service.start!();
  return {
    ctx,
    clock,
    lambda,
    logged,
    delivered,
    metrics,
    service,
    created,
    url: service.restUrl,
    stop: async () => {
      await service.stop!();
      clock.stop();
    },
  };
}

export type TestGateway = Awaited<ReturnType<typeof startGateway>>;

function declared(logicalId: string, type: string, properties: Record<string, any>): DeclaredResource {
  return {
    logicalId,
    stackName: 'Test',
    type: `AWS::ApiGatewayV2::${type}`,
    properties,
    metadata: {},
    defaultName: `test-${logicalId.toLowerCase()}`,
  };
}

/** `{ Ref: id }` becomes the reference; `{ Target: id }` the form a route's target has. */
function resolveRefs(value: any, created: Record<string, { ref: string }>): any {
  if (Array.isArray(value)) return value.map((entry) => resolveRefs(entry, created));
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.Ref === 'string') return created[value.Ref]!.ref;
  if (typeof value.IntegrationRef === 'string') return `integrations/${created[value.IntegrationRef]!.ref}`;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, resolveRefs(entry, created)]));
}

class FakeLambda implements LambdaInvoker {
  readonly signingName = 'lambda';
  readonly resources = {};
  readonly calls: { functionName: string; event: any }[] = [];
  readonly #functions = new Map<string, FakeFunction>();

  on(name: string, run: FakeFunction): void {
    this.#functions.set(functionArn(name), run);
  }

  /** The events that a function received. */
  events(name: string): any[] {
    return this.calls.filter((call) => call.functionName === functionArn(name)).map(({ event }) => event);
  }

  async invoke(functionName: string, payload: string): Promise<InvokeResult> {
    const event = JSON.parse(payload);
    this.calls.push({ functionName, event });
    const run = this.#functions.get(functionName) ?? (() => ({ statusCode: 200 }));
    const result = await run(event);
    if (!(result instanceof Error)) return { payload: JSON.stringify(result ?? null), cpuMs: 0, durationMs: 0 };
    const error = { errorType: result.name, errorMessage: result.message };
    return { functionError: 'Unhandled', payload: JSON.stringify(error), cpuMs: 0, durationMs: 0 };
  }

  async invokeAsync(): Promise<void> {}
}

/** Stands for CloudWatch: keeps `namespace name {dimensions}` with its values. */
class FakeMetrics {
  readonly values: Record<string, number[]> = {};

  putMetric(namespace: string, name: string, dimensions: Record<string, string>, value: number): void {
    const key = `${namespace} ${name} ${JSON.stringify(dimensions)}`;
    this.values[key] ??= [];
    this.values[key].push(value);
  }
}

export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  bytes: Buffer;
}

/** A plain HTTP/1.1 client, which unlike `fetch` sends the path and headers exactly as given. */
export function send(
  url: string,
  path: string,
  options: { method?: string; headers?: Record<string, string | string[]>; body?: string | Buffer } = {},
): Promise<HttpReply> {
  const { method = 'GET', headers = {}, body } = options;
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode!, headers: response.headers, body: bytes.toString(), bytes });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** An HTTP API with one function per route key, named `f0`, `f1` … in order; `prefix` goes before all names. */
export function httpApi(
  routeKeys: string[],
  extra: {
    prefix?: string;
    api?: object;
    stage?: object;
    authorizer?: object;
    integration?: object;
    unprotected?: string[];
  } = {},
): Parameters<typeof startGateway>[0] {
  const { prefix = '' } = extra;
  const ApiId = { Ref: `${prefix}Api` };
  const resources: Parameters<typeof startGateway>[0] = {
    [`${prefix}Api`]: ['Api', { Name: `${prefix}platform`, ProtocolType: 'HTTP', ...extra.api }],
    [`${prefix}Stage`]: ['Stage', { ApiId, StageName: '$default', AutoDeploy: true, ...extra.stage }],
  };
  if (extra.authorizer)
    resources[`${prefix}Authorizer`] = [
      'Authorizer',
      {
        ApiId,
        AuthorizerType: 'REQUEST',
        AuthorizerPayloadFormatVersion: '2.0',
        AuthorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn('authorizer')}/invocations`,
        ...extra.authorizer,
      },
    ];
  routeKeys.forEach((RouteKey, i) => {
    resources[`${prefix}Integration${i}`] = [
      'Integration',
      {
        ApiId,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: functionArn(`${prefix}f${i}`),
        PayloadFormatVersion: '2.0',
        ...extra.integration,
      },
    ];
    const isProtected = extra.authorizer && !extra.unprotected?.includes(RouteKey);
    resources[`${prefix}Route${i}`] = [
      'Route',
      {
        ApiId,
        RouteKey,
        Target: { IntegrationRef: `${prefix}Integration${i}` },
        ...(isProtected && { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: `${prefix}Authorizer` } }),
      },
    ];
  });
  return resources;
}
