/** The reader of requests of each service, by signing name. */
import { readLambdaRequest, readManagementRequest } from './compute.ts';
import { readDynamoDbRequest } from './dynamodb.ts';
import {
  readEventsRequest,
  readIotDataRequest,
  readSchedulerRequest,
  readSesRequest,
  readSnsRequest,
  readSqsRequest,
} from './messaging.ts';
import type { RequestReader } from './needed-permission.ts';
import { readKmsRequest, readSecretsRequest, readSsmRequest } from './secrets.ts';
import { readLogsRequest, readMonitoringRequest, readS3Request, readTimestreamRequest } from './storage.ts';

export const requestReaders: Readonly<Record<string, RequestReader>> = {
  dynamodb: readDynamoDbRequest,
  events: readEventsRequest,
  'execute-api': readManagementRequest,
  iot: readIotDataRequest,
  iotdata: readIotDataRequest,
  kms: readKmsRequest,
  lambda: readLambdaRequest,
  logs: readLogsRequest,
  monitoring: readMonitoringRequest,
  s3: readS3Request,
  scheduler: readSchedulerRequest,
  secretsmanager: readSecretsRequest,
  ses: readSesRequest,
  sns: readSnsRequest,
  sqs: readSqsRequest,
  ssm: readSsmRequest,
  timestream: readTimestreamRequest,
};
