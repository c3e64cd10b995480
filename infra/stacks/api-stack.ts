/**
 * The HTTP APIs and the WebSocket API as empty shells. Domains hang their own routes on them, so that adding a resource
 * touches no other domain, and functions can know the WebSocket API before its routes know them.
 */
import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { ApiDomain } from '../constructs/api-domain.ts';
import { HttpGateway } from '../constructs/http-gateway.ts';
import type { WebSocketTarget } from '../deployment.ts';
import { stackName } from '../naming.ts';
import { stackProps } from './stack-props.ts';

export interface ApiStackProps {
  stage: StageConfig;
  /** Number of HTTP APIs the domains are spread over. */
  gateways: number;
}

/** Last part of the WebSocket URL on AWS: `wss://….amazonaws.com/live`. */
const webSocketStageName = 'live';
/** Where the local runtime serves the channels, beside the REST API, as the documented URLs have it. */
const localWebSocketPrefix = '/api/scada/ws';

/** An HTTP and a WebSocket API cannot share a host name. */
export const webSocketHostName = (domain: string): string => `live.${domain}`;

export class ApiStack extends Stack {
  /** Ids of the HTTP APIs. */
  readonly apiIds: readonly string[];
  readonly webSocket: WebSocketTarget;

  constructor(scope: Construct, { stage, gateways }: ApiStackProps) {
    super(scope, 'Api', stackProps(stage, 'api', 'HTTP and WebSocket APIs'));
    this.apiIds = Array.from({ length: gateways }, (_, index) => {
      const suffix = index === 0 ? '' : String(index + 1);
      const gateway = new HttpGateway(this, `Http${suffix}`, { stage, name: index === 0 ? 'api' : `api-${suffix}` });
      const hostName = stage.domain && (index === 0 ? stage.domain.name : `api-${suffix}.${stage.domain.name}`);
      if (stage.domain && hostName) {
        const { certificateArn } = stage.domain;
        const apiId = gateway.api.ref;
        new ApiDomain(this, `Domain${suffix}`, { hostName, certificateArn, apiId, stageName: gateway.stage.ref });
      }
      new CfnOutput(this, `HttpApiUrl${suffix}`, { value: hostName ? `https://${hostName}` : gateway.url });
      return this.exportValue(gateway.api.ref);
    });
    const webSocketApi = new CfnApi(this, 'WebSocketApi', {
      name: stackName(stage, 'live'),
      protocolType: 'WEBSOCKET',
      routeSelectionExpression: '$request.body.action',
      tags: { 'mizan:websocket-path-prefix': localWebSocketPrefix },
    });
    const publicUrl = stage.domain
      ? `wss://${webSocketHostName(stage.domain.name)}`
      : `${webSocketApi.attrApiEndpoint}/${webSocketStageName}`;
    new CfnOutput(this, 'WebSocketUrl', { value: publicUrl });
    const apiId = this.exportValue(webSocketApi.ref);
    this.webSocket = {
      apiId,
      stageName: webSocketStageName,
      publicUrl,
      managementEndpoint: `https://${apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}/${webSocketStageName}`,
    };
  }
}
