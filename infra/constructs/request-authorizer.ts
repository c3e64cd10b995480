/** The Lambda authorizer of one HTTP API: who is calling, cached for five minutes per credential. */
import { CfnAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { executionArn, invocationUri } from './http-gateway.ts';

export interface RequestAuthorizerProps {
  apiId: string;
  lambda: IFunction;
}

/** How long a revoked credential may still work; per-request limits are enforced behind the cache. */
const cacheSeconds = 300;

export class RequestAuthorizer extends Construct {
  readonly authorizerId: string;

  constructor(scope: Construct, id: string, { apiId, lambda }: RequestAuthorizerProps) {
    super(scope, id);
    const authorizer = new CfnAuthorizer(this, 'Authorizer', {
      apiId,
      name: 'credential',
      authorizerType: 'REQUEST',
      authorizerUri: invocationUri(lambda.functionArn),
      authorizerPayloadFormatVersion: '2.0',
      enableSimpleResponses: true,
      identitySource: ['$request.header.Authorization'],
      authorizerResultTtlInSeconds: cacheSeconds,
    });
    this.authorizerId = authorizer.ref;
    new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: lambda.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: executionArn(apiId, `authorizers/${authorizer.ref}`),
    });
  }
}
