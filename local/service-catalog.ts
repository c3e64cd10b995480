/**
 * Every AWS service the local runtime plays, in the order they start: what others call comes first, what
 * lets work in from outside comes last. They stop in the reverse order.
 */
import type { AwsService, RuntimeContext } from './runtime/types.ts';
import { createApiGatewayService } from './services/apigateway/index.ts';
import { createCloudWatchService } from './services/cloudwatch/index.ts';
import { createDynamoDbService } from './services/dynamodb/index.ts';
import { createEventSourcesService } from './services/event-sources/index.ts';
import { createEventBridgeService } from './services/eventbridge/index.ts';
import { createIamService } from './services/iam/index.ts';
import { createIotService } from './services/iot/index.ts';
import { createKmsService } from './services/kms/index.ts';
import { createLambdaService } from './services/lambda/index.ts';
import { createPipesService } from './services/pipes/index.ts';
import { createS3Service } from './services/s3/index.ts';
import { createSchedulerService } from './services/scheduler/index.ts';
import { createSecretsManagerService } from './services/secretsmanager/index.ts';
import { createSesService } from './services/ses/index.ts';
import { createSnsService } from './services/sns/index.ts';
import { createSqsService } from './services/sqs/index.ts';
import { createSsmService } from './services/ssm/index.ts';
import { createTimestreamService } from './services/timestream/index.ts';

export const serviceCatalog: ((ctx: RuntimeContext) => AwsService)[] = [
  createIamService,
  createCloudWatchService,
  createKmsService,
  createSecretsManagerService,
  createSsmService,
  createS3Service,
  createDynamoDbService,
  createSqsService,
  createSnsService,
  createSesService,
  createTimestreamService,
  createLambdaService,
  createEventBridgeService,
  createSchedulerService,
  createPipesService,
  createEventSourcesService,
  createIotService,
  createApiGatewayService,
];
