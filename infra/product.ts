/**
 * The stacks of one deployment, in the order in which they need each other: foundations, data, APIs, domains, and what
 * hangs on domains' functions, their routes among it. References point backwards only, so no two stacks can wait for each
 * other.
 */
import type { App, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { DomainManifest } from '../layers/kernel/domain/manifest.ts';
import type { StageConfig } from './config/stage-config.ts';
import { RequestAuthorizer } from './constructs/request-authorizer.ts';
import type { DeployedBucket, DeployedTable, Deployment } from './deployment.ts';
import { checkManifests } from './manifest/check-manifests.ts';
import { awsGatewayQuotas, type GatewayQuotas, planGateways } from './manifest/plan-gateways.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { DevicesStack } from './stacks/devices-stack.ts';
import { DomainStack } from './stacks/domain-stack.ts';
import { FoundationStack } from './stacks/foundation-stack.ts';
import { ObservabilityStack } from './stacks/observability-stack.ts';
import { RealtimeStack } from './stacks/realtime-stack.ts';
import { RoutesStack } from './stacks/routes-stack.ts';

export interface ProductProps {
  stage: StageConfig;
  manifests: readonly DomainManifest[];
  /** Folder with one folder per bundled function. */
  functionsDir: string;
}

/** @throws Error for manifests that do not fit together, before any stack is made */
export function createProduct(app: App, { stage, manifests, functionsDir }: ProductProps): void {
  checkManifests(manifests);
  const hasCors = stage.corsOrigins.length > 0;
  const plan = planGateways(manifests, hasCors, quotasOf(stage));

  const foundation = new FoundationStack(app, stage);
  const data = manifests.filter(hasData).map((manifest) => new DataStack(app, stage, manifest));
  const api = new ApiStack(app, { stage, gateways: plan.count });
  const deployment: Deployment = {
    stage,
    functionsDir,
    bus: foundation.bus,
    keys: foundation.keys,
    alarmTopic: foundation.alarmTopic,
    emailIdentityArn: foundation.emailIdentityArn,
    tables: new Map<string, DeployedTable>(data.flatMap(({ tables }) => [...tables])),
    buckets: new Map<string, DeployedBucket>(data.flatMap(({ buckets }) => [...buckets])),
    webSocket: api.webSocket,
    apiIds: api.apiIds,
  };

  const domains = manifests.map((manifest) => new DomainStack(app, manifest, deployment));
  // Imports by name are no references that CDK could see.
  for (const domain of domains) needs(domain, [foundation, ...data, api]);

  const authorizing = domains.find(({ functions }) => functions.has('authorize-request'));
  const authorizerIds = authorizing && createAuthorizers(authorizing, api);
  manifests.forEach((manifest, position) => {
    if (manifest.resources.length === 0) return;
    const { functions } = domains[position]!;
    const gateway = plan.gatewayOf.get(manifest.name)!;
    const routed = { apiId: api.apiIds[gateway]!, authorizerId: authorizerIds?.[gateway], hasCors };
    const routes = new RoutesStack(app, { stage, manifest, functions, api: routed });
    needs(routes, [api, domains[position]!, ...(authorizing ? [authorizing] : [])]);
  });
  const find = (name: string): LambdaFunction | undefined =>
    domains.map(({ functions }) => functions.get(name)).find((lambda) => lambda !== undefined);
  connectWebSocket(app, stage, api, find);
  const authorizeDevice = find('authorize-device');
  if (authorizeDevice) new DevicesStack(app, { stage, authorize: authorizeDevice });
  needs(new ObservabilityStack(app, { deployment, apiIds: api.apiIds, domains }), [api]);
}

/**
 * One authorizer for each gateway, in the stack of its function. A route that lost its authorizer would refuse everybody, so
 * these ids are exports.
 */
const createAuthorizers = (authorizing: DomainStack, api: ApiStack): string[] =>
  api.apiIds.map((apiId, index) => {
    const { authorizerId } = new RequestAuthorizer(authorizing, `Authorizer${index === 0 ? '' : index + 1}`, {
      apiId,
      lambda: authorizing.functions.get('authorize-request')!,
    });
    return authorizing.exportValue(authorizerId);
  });

/** @throws Error when a domain has some of the functions of WebSocket routes, but not all */
function connectWebSocket(
  app: App,
  stage: StageConfig,
  api: ApiStack,
  find: (name: string) => LambdaFunction | undefined,
): void {
  const names = ['websocket-connect', 'websocket-disconnect', 'websocket-message'] as const;
  const [connect, disconnect, message] = names.map(find);
  if (!connect && !disconnect && !message) return;
  const authorize = find('authorize-request');
  if (!connect || !disconnect || !message || !authorize)
    throw new Error(`The WebSocket API needs the functions ${names.join(', ')} and authorize-request.`);
  needs(new RealtimeStack(app, { stage, webSocket: api.webSocket, authorize, connect, disconnect, message }), [api]);
}

const quotasOf = ({ name, httpApiRouteQuota }: StageConfig): GatewayQuotas | undefined =>
  name === 'local' ? undefined : { ...awsGatewayQuotas, routes: httpApiRouteQuota ?? awsGatewayQuotas.routes };

/** A stack without resources cannot be deployed. */
const hasData = ({ tables, buckets = {} }: DomainManifest): boolean =>
  Object.keys(tables).length + Object.keys(buckets).length > 0;

function needs(stack: Stack, earlier: readonly Stack[]): void {
  for (const other of earlier) stack.addStackDependency(other);
}
