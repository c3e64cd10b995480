/** Reads an AWS::Lambda::Function, and refuses what would deploy differently from how it runs here. */
import { existsSync, statSync } from 'node:fs';
import { ConfigurationError, type DeclaredResource } from '../../runtime/types.ts';

export interface FunctionConfig {
  name: string;
  arn: string;
  roleArn: string;
  stackName: string;
  logicalId: string;
  constructPath: string | undefined;
  codeDirectory: string;
  handler: string;
  memoryMb: number;
  timeoutMs: number;
  environment: Record<string, string>;
  reservedConcurrency: number | undefined;
  logFormat: 'Text' | 'JSON';
  /** Lowest level of the function's own lines, in JSON format only. */
  logLevel: string;
  /** Lowest level of Lambda's own lines, in JSON format only. */
  systemLogLevel: string;
  logGroupName: string;
  deadLetterArn: string | undefined;
  layerArns: string[];
}

/** Properties that change how the function runs here. */
const honoured = new Set([
  'Code',
  'DeadLetterConfig',
  'Environment',
  'FunctionName',
  'Handler',
  'Layers',
  'LoggingConfig',
  'MemorySize',
  'ReservedConcurrentExecutions',
  'Role',
  'Runtime',
  'Timeout',
]);

/** Properties without a meaning on one machine: networks, encryption, disk size, tracing and labels. */
const withoutEffect = new Set([
  'Architectures',
  'Description',
  'EphemeralStorage',
  'KmsKeyArn',
  'PackageType',
  'RecursiveLoop',
  'RuntimeManagementConfig',
  'Tags',
  'TracingConfig',
  'VpcConfig',
]);

/** @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const reservedVariables =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION_NAME|FUNCTION_MEMORY_SIZE|FUNCTION_VERSION|INITIALIZATION_TYPE|LOG_GROUP_NAME|LOG_STREAM_NAME|RUNTIME_API)|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)$/;

const longestEnvironmentBytes = 4096;

export function readFunctionConfig(
  resource: DeclaredResource,
  { region, accountId }: { region: string; accountId: string },
): FunctionConfig {
  const { properties, metadata, stackName, logicalId } = resource;
  const fail = (message: string): never => {
    throw new ConfigurationError(message);
  };
  for (const property of Object.keys(properties))
    if (!honoured.has(property) && !withoutEffect.has(property)) fail(`the property ${property} is not supported.`);
  if (properties['PackageType'] === 'Image') fail('container images are not supported; use a zip package.');
  if (properties['Runtime'] !== 'nodejs24.x')
    fail(`the runtime ${properties['Runtime']} is not supported; use nodejs24.x.`);

  const codeDirectory: string = metadata['aws:asset:path'] ?? fail('inline code is not supported; use an asset.');
  if (!existsSync(codeDirectory) || !statSync(codeDirectory).isDirectory())
    fail(`its code asset ${codeDirectory} is not a directory.`);

  const name: string = properties['FunctionName'] ?? resource.defaultName;
  const logging = properties['LoggingConfig'] ?? {};
  return {
    name,
    arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    roleArn: properties['Role'] ?? fail('it has no Role.'),
    stackName,
    logicalId,
    constructPath: metadata['aws:cdk:path'],
    codeDirectory,
    handler: properties['Handler'] ?? fail('it has no Handler.'),
    memoryMb: numberWithin(properties['MemorySize'] ?? 128, 'MemorySize', 128, 10_240),
    timeoutMs: numberWithin(properties['Timeout'] ?? 3, 'Timeout', 1, 900) * 1000,
    environment: readEnvironment(properties['Environment']?.['Variables'] ?? {}),
    reservedConcurrency:
      properties['ReservedConcurrentExecutions'] === undefined
        ? undefined
        : numberWithin(properties['ReservedConcurrentExecutions'], 'ReservedConcurrentExecutions', 0, 1000),
    logFormat: logging['LogFormat'] ?? 'Text',
    logLevel: logging['ApplicationLogLevel'] ?? 'INFO',
    systemLogLevel: logging['SystemLogLevel'] ?? 'INFO',
    logGroupName: logging['LogGroup'] ?? `/aws/lambda/${name}`,
    deadLetterArn: properties['DeadLetterConfig']?.['TargetArn'],
    layerArns: properties['Layers'] ?? [],
  };
}

function numberWithin(value: unknown, property: string, lowest: number, highest: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= lowest && number <= highest) return number;
  throw new ConfigurationError(`${property} is ${value}, which is not a whole number from ${lowest} to ${highest}.`);
}

function readEnvironment(variables: Record<string, unknown>): Record<string, string> {
  const environment: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(variables)) {
    if (reservedVariables.test(name)) throw new ConfigurationError(`Lambda reserves the environment variable ${name}.`);
    if (value === null || typeof value === 'object')
      throw new ConfigurationError(`the environment variable ${name} is no text.`);
    environment[name] = String(value);
    bytes += Buffer.byteLength(name) + Buffer.byteLength(environment[name]);
  }
  if (bytes > longestEnvironmentBytes)
    throw new ConfigurationError(
      `its environment has ${bytes} bytes; Lambda takes at most ${longestEnvironmentBytes}.`,
    );
  return environment;
}
