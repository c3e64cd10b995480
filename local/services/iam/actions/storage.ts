/**
 * Objects, time series, logs and metrics.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html and its neighbours
 */
import { addressOf } from '../../s3/routing.ts';
import { xmlElements, xmlText } from '../../s3/xml.ts';
import { arnOf, inputOf, type NeededPermission, type RequestReader } from './needed-permission.ts';

export const readS3Request: RequestReader = (request) => {
  const { method, query, headers, body } = request;
  const { bucketName, key } = addressOf(request);
  const bucket = `arn:aws:s3:::${bucketName}`;
  if (bucketName === '') return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
  if (method === 'POST' && query.has('delete'))
    return xmlElements(body.toString('utf8'), 'Object').map((object) => ({
      action: 's3:DeleteObject',
      resource: `${bucket}/${xmlText(object, 'Key') ?? ''}`,
    }));
  // A form is signed by whom its policy names; the object's key is one of its fields.
  if (method === 'POST' && headers['content-type']?.startsWith('multipart/form-data')) return undefined;
  if (key === '') {
    const action = bucketAction(method, query);
    return action === undefined ? undefined : [{ action, resource: bucket, keys: prefixOf(query) }];
  }
  const action = objectAction(method, query);
  if (action === undefined) return undefined;
  const needed: NeededPermission[] = [{ action, resource: `${bucket}/${key}` }];
  const source = headers['x-amz-copy-source'];
  if (source === undefined) return needed;
  const copied = decodeURIComponent(source).replace(/^\//, '').replace(/\?.*$/, '');
  return [...needed, { action: 's3:GetObject', resource: `arn:aws:s3:::${copied}` }];
};

function bucketAction(method: string, query: URLSearchParams): string | undefined {
  if (query.has('location')) return 's3:GetBucketLocation';
  if (query.has('uploads')) return 's3:ListBucketMultipartUploads';
  if (method === 'GET' || method === 'HEAD') return 's3:ListBucket';
  if (method === 'PUT') return 's3:CreateBucket';
  return method === 'DELETE' ? 's3:DeleteBucket' : undefined;
}

function objectAction(method: string, query: URLSearchParams): string | undefined {
  if (query.has('tagging')) return method === 'GET' ? 's3:GetObjectTagging' : 's3:PutObjectTagging';
  if (query.has('uploadId')) {
    if (method === 'DELETE') return 's3:AbortMultipartUpload';
    return method === 'GET' ? 's3:ListMultipartUploadParts' : 's3:PutObject';
  }
  if (method === 'GET' || method === 'HEAD') return 's3:GetObject';
  if (method === 'PUT' || method === 'POST') return 's3:PutObject';
  return method === 'DELETE' ? 's3:DeleteObject' : undefined;
}

function prefixOf(query: URLSearchParams): NonNullable<NeededPermission['keys']> {
  return (name) => {
    const prefix = name === 's3:prefix' ? query.get('prefix') : null;
    return prefix === null ? undefined : [prefix];
  };
}

export const readTimestreamRequest: RequestReader = (request, scope) => {
  const { operation = '' } = request;
  const input = inputOf(request);
  if (input === undefined || operation === '') return undefined;
  const action = `timestream:${operation}`;
  const { DatabaseName: database, TableName: table } = input;
  if (database === undefined || table === undefined) return [{ action, resource: '*' }];
  return [{ action, resource: arnOf(scope, 'timestream', `database/${database}/table/${table}`) }];
};

/** Streams are a resource of their own: `log-group:{group}:log-stream:{stream}`. */
export const readLogsRequest: RequestReader = (request, scope) => {
  const { operation = '' } = request;
  const input = inputOf(request);
  if (input === undefined || operation === '') return undefined;
  const { logGroupName, logGroupIdentifier, logStreamName } = input;
  if (operation === 'StartQuery') {
    const prefixes = [...String(input['queryString']).matchAll(/namePrefix:\s*\[\s*['"]([^'"]+)['"]/g)];
    const groups: string[] = input['logGroupNames'] ?? [logGroupName, ...prefixes.map(([, prefix]) => `${prefix}x`)];
    return groups
      .filter((name) => name !== undefined)
      .map((name) => ({ action: 'logs:StartQuery', resource: arnOf(scope, 'logs', `log-group:${name}:*`) }));
  }
  const group = logGroupName ?? logGroupIdentifier?.replace(/^.*:log-group:/, '').replace(/:\*$/, '');
  const stream = logStreamName === undefined || operation === 'CreateLogStream' ? '*' : `log-stream:${logStreamName}`;
  const resource = group === undefined ? '*' : arnOf(scope, 'logs', `log-group:${group}:${stream}`);
  return [{ action: `logs:${operation}`, resource }];
};

/** No action of CloudWatch that is played here knows resources but those of alarms. */
export const readMonitoringRequest: RequestReader = (request, scope) => {
  const { operation = '' } = request;
  const alarm = inputOf(request)?.['AlarmName'];
  if (operation === '') return undefined;
  const resource = alarm === undefined ? '*' : arnOf(scope, 'cloudwatch', `alarm:${alarm}`);
  return [{ action: `cloudwatch:${operation}`, resource }];
};
