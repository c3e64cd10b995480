/** Puts one resource behind an HTTP API: an integration, its routes, and the permission to invoke. */
import { CfnIntegration, CfnRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Resource, Routes } from '../../layers/kernel/http/route.ts';
import { gatewayRoutes } from '../manifest/gateway-routes.ts';
import { executionArn } from './http-gateway.ts';
import { accept } from './nag.ts';

/** The HTTP API that routes are put on. */
export interface RoutedApi {
  apiId: string;
  /** Undefined where no domain has the function that authorizes. */
  authorizerId: string | undefined;
  hasCors: boolean;
}

export interface ResourceRoutesProps {
  resource: Resource<Routes>;
  lambda: IFunction;
  api: RoutedApi;
}

export class ResourceRoutes extends Construct {
  /** @throws Error when the resource needs a credential and the API has no authorizer */
  constructor(scope: Construct, id: string, { resource, lambda, api }: ResourceRoutesProps) {
    super(scope, id);
    const { apiId, hasCors } = api;
    const integration = new CfnIntegration(this, 'Integration', {
      apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: lambda.functionArn,
      payloadFormatVersion: '2.0',
    });
    new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: lambda.functionArn,
      principal: 'apigateway.amazonaws.com',
      // Stage and method; the routes of this API lead to this function under its own base only.
      sourceArn: executionArn(apiId, `*/*${resource.base === '/' ? '/' : resource.base}*`),
    });
    for (const { key, isAuthorized } of gatewayRoutes(resource, hasCors)) {
      const route = new CfnRoute(this, `Route ${key}`.replaceAll('/', '_'), {
        apiId,
        routeKey: key,
        target: `integrations/${integration.ref}`,
        ...(isAuthorized
          ? { authorizationType: 'CUSTOM', authorizerId: requireAuthorizer(resource, api) }
          : { authorizationType: 'NONE' }),
      });
      if (!isAuthorized) accept(route, 'APIG4', publicReason(key));
    }
  }
}

function requireAuthorizer({ name }: Resource<Routes>, { authorizerId }: RoutedApi): string {
  if (authorizerId === undefined)
    throw new Error(`The resource "${name}" needs a credential, but no domain has the function "authorize-request".`);
  return authorizerId;
}

const publicReason = (key: string): string =>
  key.startsWith('OPTIONS ')
    ? 'A CORS preflight carries no credential; the gateway answers it without invoking the function.'
    : 'The route table declares these routes public, e.g. log-in; the function limits them by address.';
