/**
 * One Lambda function with a role, a log group and an environment of its own. The role holds what the manifest grants
 * plus writing to its own log group and traces; there is no managed policy behind it.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { bundleName, type DomainFunctionSpec } from '../manifest/functions-of.ts';
import { functionName, logGroupName } from '../naming.ts';
import { acceptedWildcards, accessStatements } from './access-statements.ts';
import { functionEnvironment } from './function-environment.ts';
import { acceptWildcard } from './nag.ts';
import { removalPolicyOf } from './removal-policy.ts';

export interface DomainFunctionProps {
  spec: DomainFunctionSpec;
  deployment: Deployment;
  /** Queues of the domain by name, for those the function may send to. */
  queues: ReadonlyMap<string, IQueue>;
  /** Statements for what feeds the function, e.g. receiving from its queue. @default none */
  statements?: PolicyStatement[];
  /** Whether it may meet its own messages again. @default false */
  isInLoop?: boolean;
  /** Where events of failed asynchronous invocations go. @default nowhere: the function is never invoked so */
  deadLetterQueue?: IQueue;
}

export class DomainFunction extends Construct {
  readonly lambda: LambdaFunction;
  /** Physical name. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: DomainFunctionProps) {
    super(scope, id);
    const { spec, deployment, queues, deadLetterQueue, isInLoop = false } = props;
    const { stage } = deployment;
    const name = functionName(stage, spec.domain, spec.name);
    this.name = name;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: logGroupName(name),
      retention: stage.logRetentionDays,
      removalPolicy: removalPolicyOf(stage),
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${name} may do, as its domain's manifest grants it.`,
      inlinePolicies: {
        access: new PolicyDocument({
          statements: [
            writeLogs(name),
            sendTraces(),
            ...accessStatements(spec.access, deployment, (queue) => queues.get(queue)!.queueArn),
            ...(props.statements ?? []),
            ...(deadLetterQueue ? [send(deadLetterQueue)] : []),
          ],
        }),
      },
    });
    acceptWildcard(role, logGroupArn(name), 'The streams of its own log group have no names yet.');
    acceptWildcard(role, '*', 'X-Ray knows no resources: sending traces can only be allowed as a whole.');
    for (const { resource, reason } of acceptedWildcards(spec.access, deployment))
      acceptWildcard(role, resource, reason);
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: name,
      description: `${spec.domain}: ${spec.name}`,
      code: Code.fromAsset(bundleFolder(deployment.functionsDir, spec)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: spec.memoryMb,
      timeout: Duration.seconds(spec.timeoutSeconds),
      // The role is complete; without this the construct would add statements of its own.
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel[stage.logLevel],
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: Tracing.ACTIVE,
      environment: functionEnvironment(spec, deployment, (queue) => queues.get(queue)!.queueUrl),
      // A walk sends itself a message for each page, and after some sixteen in a chain Lambda would take it for a runaway loop.
      // @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
      ...(isInLoop ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
      ...(spec.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: spec.reservedConcurrency }),
      ...(deadLetterQueue ? { deadLetterQueue } : {}),
    });
  }
}

function bundleFolder(functionsDir: string, spec: DomainFunctionSpec): string {
  const folder = join(functionsDir, bundleName(spec));
  if (!existsSync(join(folder, 'index.mjs')))
    throw new Error(`${folder}/index.mjs does not exist: run "node scripts/build.ts" first.`);
  return folder;
}

const logGroupArn = (name: string): string =>
  `arn:${Aws.PARTITION}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${logGroupName(name)}:*`;

const writeLogs = (name: string): PolicyStatement =>
  new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroupArn(name)] });

const sendTraces = (): PolicyStatement =>
  new PolicyStatement({ actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] });

const send = (queue: IQueue): PolicyStatement =>
  new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] });
