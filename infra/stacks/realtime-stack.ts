/** The routes of the WebSocket API: who may connect, and the functions that hear of connections and messages. */
import { Stack } from 'aws-cdk-lib';
import { CfnAuthorizer, CfnIntegration, CfnRoute, CfnRouteResponse, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { ApiDomain } from '../constructs/api-domain.ts';
import { executionArn, invocationUri } from '../constructs/http-gateway.ts';
import { accept } from '../constructs/nag.ts';
import type { WebSocketTarget } from '../deployment.ts';
import { constructId } from '../naming.ts';
import { webSocketHostName } from './api-stack.ts';
import { stackProps } from './stack-props.ts';

export interface RealtimeStackProps {
  stage: StageConfig;
  webSocket: WebSocketTarget;
  authorize: IFunction;
  connect: IFunction;
  disconnect: IFunction;
  message: IFunction;
}

export class RealtimeStack extends Stack {
  constructor(scope: Construct, props: RealtimeStackProps) {
    const { stage, webSocket, authorize } = props;
    super(scope, 'Realtime', stackProps(stage, 'realtime', 'routes of the WebSocket API'));
    const { apiId, stageName } = webSocket;
    const authorizer = new CfnAuthorizer(this, 'Authorizer', {
      apiId,
      name: 'credential',
      authorizerType: 'REQUEST',
      authorizerUri: invocationUri(authorize.functionArn),
      // Identity sources must all be present. Here the credential is in a header or, from browsers, in `?token=`, so
      // the function looks for it; answers are not cached for WebSocket APIs, so nothing depends on naming one.
    });
    this.#permit('AuthorizePermission', authorize, apiId, `authorizers/${authorizer.ref}`);
    const routes = [
      this.#route(apiId, '$connect', props.connect, authorizer),
      this.#route(apiId, '$disconnect', props.disconnect),
      this.#route(apiId, '$default', props.message),
    ];
    const webSocketStage = new CfnStage(this, 'Stage', {
      apiId,
      stageName,
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingRateLimit: stage.throttling.ratePerSecond,
        throttlingBurstLimit: stage.throttling.burst,
      },
    });
    // API Gateway refuses to deploy an API without routes.
    for (const route of routes) webSocketStage.addResourceDependency(route);
    if (stage.domain) {
      const { name, certificateArn } = stage.domain;
      const hostName = webSocketHostName(name);
      new ApiDomain(this, 'Domain', { hostName, certificateArn, apiId, stageName: webSocketStage.ref });
    }
    accept(
      webSocketStage,
      'APIG1',
      'Access logs of WebSocket APIs need a role in the settings of the whole account; the connect function logs instead.',
    );
  }

  #route(apiId: string, key: string, lambda: IFunction, authorizer?: CfnAuthorizer): CfnRoute {
    const name = constructId(key);
    const integration = new CfnIntegration(this, `${name}Integration`, {
      apiId,
      integrationType: 'AWS_PROXY',
      integrationUri: invocationUri(lambda.functionArn),
    });
    this.#permit(`${name}Permission`, lambda, apiId, `*/${key}`);
    const isTwoWay = key === '$default';
    const route = new CfnRoute(this, `${name}Route`, {
      apiId,
      routeKey: key,
      target: `integrations/${integration.ref}`,
      ...(authorizer ? { authorizationType: 'CUSTOM', authorizerId: authorizer.ref } : { authorizationType: 'NONE' }),
      ...(isTwoWay ? { routeResponseSelectionExpression: '$default' } : {}),
    });
    if (!authorizer) accept(route, 'APIG4', 'WebSocket APIs authorize on $connect only, once for the connection.');
    // With a route response the function's answer goes back to the sender.
    if (isTwoWay)
      new CfnRouteResponse(this, `${name}Response`, { apiId, routeId: route.ref, routeResponseKey: '$default' });
    return route;
  }

  #permit(id: string, lambda: IFunction, apiId: string, path: string): void {
    new CfnPermission(this, id, {
      action: 'lambda:InvokeFunction',
      functionName: lambda.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: executionArn(apiId, path),
    });
  }
}
