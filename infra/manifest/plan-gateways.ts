/**
 * Spreads domains over as many HTTP APIs as keep each at four fifths of its quotas. One API is worth much: with more, the
 * start page and the document of the API reach by their own address only what stands beside them. Domains fill gateways in the order of
 * `infra/domains.ts`, so that adding one at the end moves none of those before it.
 */
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import { gatewayRoutes } from './gateway-routes.ts';

export interface GatewayQuotas {
  routes: number;
  integrations: number;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const awsGatewayQuotas: GatewayQuotas = { routes: 300, integrations: 300 };

const usedShare = 0.8;

export interface GatewayPlan {
  /** Number of HTTP APIs, at least one. */
  count: number;
  /** Index of the gateway by domain. */
  gatewayOf: ReadonlyMap<string, number>;
}

/**
 * @param quotas of one API; `undefined` where there are none: on one machine
 * @throws Error when one domain alone passes that share of the quotas
 */
export function planGateways(
  manifests: readonly DomainManifest[],
  hasCors: boolean,
  quotas: GatewayQuotas | undefined,
): GatewayPlan {
  const gatewayOf = new Map<string, number>();
  let current = { routes: 0, integrations: 0 };
  let count = 1;
  for (const manifest of manifests) {
    const need = needsOf(manifest, hasCors);
    if (quotas && !fits(need, quotas))
      throw new Error(
        `Domain "${manifest.name}" needs ${need.routes} gateway routes and ${need.integrations} integrations, more than four fifths of the quotas of one HTTP API: divide the domain.`,
      );
    const together = {
      routes: current.routes + need.routes,
      integrations: current.integrations + need.integrations,
    };
    if (!quotas || fits(together, quotas)) current = together;
    else {
      current = need;
      count++;
    }
    gatewayOf.set(manifest.name, count - 1);
  }
  return { count, gatewayOf };
}

export function needsOf(manifest: DomainManifest, hasCors: boolean): GatewayQuotas {
  return {
    routes: manifest.resources.reduce((sum, { resource }) => sum + gatewayRoutes(resource, hasCors).length, 0),
    integrations: manifest.resources.length,
  };
}

const fits = (need: GatewayQuotas, quotas: GatewayQuotas): boolean =>
  need.routes <= quotas.routes * usedShare && need.integrations <= quotas.integrations * usedShare;
