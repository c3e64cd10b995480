/** How devices get into IoT Core: by API key through a custom authorizer, or by certificate under a policy of their station. */
import { Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnAuthorizer, CfnPolicy, CfnThingType } from 'aws-cdk-lib/aws-iot';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { stackName, topicRulePrefix } from '../naming.ts';
import { stackProps } from './stack-props.ts';

export interface DevicesStackProps {
  stage: StageConfig;
  authorize: IFunction;
}

/** Thing attribute that binds a certificate to its station. */
const stationAttribute = 'stationId';

export class DevicesStack extends Stack {
  constructor(scope: Construct, { stage, authorize }: DevicesStackProps) {
    super(scope, 'Devices', stackProps(stage, 'devices', 'IoT Core access of stations and meters'));
    const authorizer = new CfnAuthorizer(this, 'Authorizer', {
      authorizerName: stackName(stage, 'devices'),
      authorizerFunctionArn: authorize.functionArn,
      status: 'ACTIVE',
      // The password is an API key, itself 256 random bits; a token signature beside it would add nothing meters can do.
      signingDisabled: true,
    });
    new CfnPermission(this, 'AuthorizePermission', {
      action: 'lambda:InvokeFunction',
      functionName: authorize.functionArn,
      principal: 'iot.amazonaws.com',
      sourceArn: authorizer.attrArn,
    });
    new CfnThingType(this, 'StationType', {
      thingTypeName: stackName(stage, 'station'),
      thingTypeProperties: {
        thingTypeDescription: 'A station gateway or meter; its certificate reaches the topics of its station only.',
        searchableAttributes: [stationAttribute],
      },
    });
    const policy = new CfnPolicy(this, 'StationPolicy', {
      policyName: stackName(stage, 'station'),
      policyDocument: stationPolicy(stage),
    });
    new CfnOutput(this, 'DeviceAuthorizerName', { value: authorizer.ref });
    new CfnOutput(this, 'StationPolicyName', { value: policy.ref });
  }
}

/**
 * A device connects under its thing's name and stays below `acrel/<its station>/`, directly or by Basic Ingest; a gateway
 * publishes below `mizan/<its station>/gateway/` and listens below `mizan/<its station>/platform/`. Without a thing that
 * carries the attribute the variable resolves to nothing and everything is refused.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/thing-policy-variables.html
 */
function stationPolicy(stage: StageConfig): object {
  const arn = (kind: string, path: string): string =>
    `arn:${Aws.PARTITION}:iot:${Aws.REGION}:${Aws.ACCOUNT_ID}:${kind}/${path}`;
  const station = `\${iot:Connection.Thing.Attributes[${stationAttribute}]}`;
  const own = `acrel/${station}/*`;
  const up = `mizan/${station}/gateway/*`;
  const down = `mizan/${station}/platform/*`;
  const rules = `$aws/rules/${topicRulePrefix(stage)}*`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'iot:Connect',
        Resource: arn('client', '${iot:Connection.Thing.ThingName}'),
        Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
      },
      {
        Effect: 'Allow',
        Action: 'iot:Publish',
        Resource: [own, `${rules}/${own}`, up, `${rules}/${up}`].map((topic) => arn('topic', topic)),
      },
      // What only the platform says: a device must not speak so to another one of its station.
      {
        Effect: 'Deny',
        Action: 'iot:Publish',
        Resource: ['acrel/*/device/*/config', 'acrel/*/meter/*/command'].map((topic) => arn('topic', topic)),
      },
      { Effect: 'Allow', Action: 'iot:Subscribe', Resource: [arn('topicfilter', own), arn('topicfilter', down)] },
      { Effect: 'Allow', Action: 'iot:Receive', Resource: [arn('topic', own), arn('topic', down)] },
    ],
  };
}
