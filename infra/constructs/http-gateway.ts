/** One HTTP API with its `$default` stage: CORS, throttling and access logs. Routes come from stacks of the domains. */

import { Aws } from 'aws-cdk-lib';
import { CfnApi, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { stackName } from '../naming.ts';
import { removalPolicyOf } from './removal-policy.ts';

export interface HttpGatewayProps {
  stage: StageConfig;
  /** `api`, `api-2` … */
  name: string;
}

/** Request headers of ours that are not on the list browsers always allow. */
const allowHeaders = [
  'accept-language',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'x-correlation-id',
];
const exposeHeaders = [
  'content-language',
  'etag',
  'idempotency-replayed',
  'location',
  'ratelimit-limit',
  'ratelimit-policy',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'x-correlation-id',
];
const allowMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const preflightSeconds = 3600;

export class HttpGateway extends Construct {
  readonly api: CfnApi;
  readonly stage: CfnStage;

  constructor(scope: Construct, id: string, { stage, name }: HttpGatewayProps) {
    super(scope, id);
    this.api = new CfnApi(this, 'Api', {
      name: stackName(stage, name),
      protocolType: 'HTTP',
      ...(stage.corsOrigins.length > 0
        ? {
            corsConfiguration: {
              allowOrigins: stage.corsOrigins,
              allowMethods,
              allowHeaders,
              exposeHeaders,
              maxAge: preflightSeconds,
            },
          }
        : {}),
    });
    const logs = new LogGroup(this, 'AccessLogs', {
      // Names below /aws/vendedlogs/ spare the account's resource policy, which has a size limit.
      logGroupName: `/aws/vendedlogs/${stackName(stage, name)}`,
      retention: stage.logRetentionDays,
      removalPolicy: removalPolicyOf(stage),
    });
    this.stage = new CfnStage(this, 'Stage', {
      apiId: this.api.ref,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: destinationArn(logs), format: accessLogFormat },
      defaultRouteSettings: {
        throttlingRateLimit: stage.throttling.ratePerSecond,
        throttlingBurstLimit: stage.throttling.burst,
      },
    });
  }

  /** `https://abc123.execute-api.eu-central-1.amazonaws.com` */
  get url(): string {
    return this.api.attrApiEndpoint;
  }
}

/** Without the `:*` that the group's own attribute ends in; API Gateway takes it off, and every comparison then differs. */
const destinationArn = ({ logGroupName }: LogGroup): string =>
  `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${logGroupName}`;

/**
 * Routes and codes. No paths and no query strings: tokens of callbacks and WebSockets, and what people search for, are in
 * those. The function's own line of the request has the path, without what is secret in it.
 */
const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLength: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
  authorizerError: '$context.authorizer.error',
  tenantId: '$context.authorizer.tenantId',
  subject: '$context.authorizer.subject',
});

/** The address under which API Gateway invokes a function. */
export const invocationUri = (functionArn: string): string =>
  `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;

/** ARN of something below an API, for the permission to invoke. @param path e.g. `*\/*\/api/billing/meters*` */
export const executionArn = (apiId: string, path: string): string =>
  `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${apiId}/${path}`;
