/** The CloudFormation resources of Lambda: functions, and what is configured about them. */
import { existsSync } from 'node:fs';
import { ConfigurationError, type ResourceProvider, type RuntimeContext } from '../../runtime/types.ts';
import { defaultEventInvokeConfig, type EventInvokeConfig } from './async-invocations.ts';
import { type FunctionConfig, readFunctionConfig } from './function-config.ts';
import type { FunctionRegistry } from './function-registry.ts';

export interface LambdaResourceParts {
  ctx: RuntimeContext;
  registry: FunctionRegistry;
  /** Creates the function; `layerPaths` are the directories of its layers, in their order. */
  add(config: FunctionConfig, layerPaths: string[]): void;
}

export function lambdaResources({ ctx, registry, add }: LambdaResourceParts): Record<string, ResourceProvider> {
  const layers = new Map<string, string>();
  return {
    'AWS::Lambda::Function': (resource) => {
      const config = readFunctionConfig(resource, ctx);
      const layerPaths = config.layerArns.map((arn) => {
        const path = layers.get(arn);
        if (!path) throw new ConfigurationError(`the layer ${arn} is not part of the assembly.`);
        return path;
      });
      add(config, layerPaths);
      return { ref: config.name, attributes: { Arn: config.arn } };
    },

    'AWS::Lambda::LayerVersion': ({ properties, metadata, defaultName }) => {
      const path: string | undefined = metadata['aws:asset:path'];
      if (!path || !existsSync(path)) throw new ConfigurationError('its content must be an asset directory.');
      const name = properties['LayerName'] ?? defaultName;
      const arn = `arn:aws:lambda:${ctx.region}:${ctx.accountId}:layer:${name}:1`;
      layers.set(arn, path);
      return { ref: arn, attributes: { LayerVersionArn: arn } };
    },

    'AWS::Lambda::Version': ({ properties }) => {
      const { fn } = registry.find(properties['FunctionName']);
      // One assembly has one code: whichever version is asked for, it is this one.
      const version = '1';
      fn.qualifiers.add(version);
      const arn = `${fn.config.arn}:${version}`;
      return { ref: arn, attributes: { Version: version, FunctionArn: arn } };
    },

    'AWS::Lambda::Alias': ({ properties }) => {
      const { fn } = registry.find(properties['FunctionName']);
      if (properties['RoutingConfig']) throw new ConfigurationError('RoutingConfig is not supported.');
      fn.qualifiers.add(properties['Name']);
      const arn = `${fn.config.arn}:${properties['Name']}`;
      return { ref: arn, attributes: { AliasArn: arn } };
    },

    'AWS::Lambda::EventInvokeConfig': (resource) => {
      const { properties } = resource;
      const { fn } = registry.find(properties['FunctionName']);
      registry.configureEvents(fn, properties['Qualifier'] ?? '$LATEST', readEventInvokeConfig(properties));
      return { ref: resource.defaultName };
    },

    // IAM keeps what it allows; the function must exist.
    'AWS::Lambda::Permission': ({ properties, defaultName }) => {
      registry.find(properties['FunctionName']);
      return { ref: defaultName, attributes: { Id: defaultName } };
    },
  };
}

function readEventInvokeConfig(properties: Record<string, any>): EventInvokeConfig {
  const { OnSuccess, OnFailure } = properties['DestinationConfig'] ?? {};
  for (const destination of [OnSuccess?.Destination, OnFailure?.Destination])
    if (destination?.startsWith('arn:aws:s3:'))
      throw new ConfigurationError('an S3 bucket as a destination is not supported; use a queue.');
  const ageSeconds = properties['MaximumEventAgeInSeconds'];
  return {
    maximumRetryAttempts: Number(properties['MaximumRetryAttempts'] ?? defaultEventInvokeConfig.maximumRetryAttempts),
    maximumEventAgeMs:
      ageSeconds === undefined ? defaultEventInvokeConfig.maximumEventAgeMs : Number(ageSeconds) * 1000,
    onSuccessArn: OnSuccess?.Destination,
    onFailureArn: OnFailure?.Destination,
  };
}
