/**
 * Keys, secrets and parameters.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html and its neighbours
 */
import type { KmsService } from '../../kms/index.ts';
import type { SecretsManagerService } from '../../secretsmanager/index.ts';
import { arnOf, type Input, inputOf, type NeededPermission, type RequestReader } from './needed-permission.ts';

/** Actions of KMS that are about no single key. */
const WITHOUT_KEY = new Set(['CreateKey', 'GenerateRandom', 'ListAliases', 'ListKeys']);

export const readKmsRequest: RequestReader = (request, { ctx }) => {
  const { operation = '' } = request;
  const input = inputOf(request);
  if (input === undefined || operation === '') return undefined;
  if (WITHOUT_KEY.has(operation)) return [{ action: `kms:${operation}`, resource: '*' }];
  const kms = ctx.service<KmsService>('kms');
  const onKey = (action: string, reference: unknown, context: unknown): NeededPermission | undefined => {
    const resource = kms.keyArn(reference);
    return resource === undefined ? undefined : { action: `kms:${action}`, resource, keys: encryptionKeys(context) };
  };
  const needed =
    operation === 'ReEncrypt'
      ? [
          onKey('ReEncryptFrom', { blob: input['CiphertextBlob'] }, input['SourceEncryptionContext']),
          onKey('ReEncryptTo', input['DestinationKeyId'], input['DestinationEncryptionContext']),
        ]
      : operation === 'CreateAlias'
        ? [onKey(operation, input['TargetKeyId'], undefined)]
        : operation === 'Decrypt'
          ? [onKey(operation, { blob: input['CiphertextBlob'] }, input['EncryptionContext'])]
          : [onKey(operation, input['KeyId'], input['EncryptionContext'])];
  return needed.every((each) => each !== undefined) ? needed : undefined;
};

function encryptionKeys(context: unknown): NonNullable<NeededPermission['keys']> {
  const prefix = 'kms:encryptioncontext:';
  return (key) => {
    if (!key.startsWith(prefix)) return undefined;
    const pair = Object.entries((context ?? {}) as Input).find(
      ([name]) => name.toLowerCase() === key.slice(prefix.length),
    );
    return pair && [String(pair[1])];
  };
}

export const readSecretsRequest: RequestReader = (request, { ctx }) => {
  const { operation = '' } = request;
  const input = inputOf(request);
  if (input === undefined || operation === '') return undefined;
  const action = `secretsmanager:${operation}`;
  if (input['SecretId'] === undefined) return [{ action, resource: '*' }];
  const resource = ctx.service<SecretsManagerService>('secretsmanager').secretArn(input['SecretId']);
  return resource === undefined ? undefined : [{ action, resource }];
};

export const readSsmRequest: RequestReader = (request, scope) => {
  const { operation = '' } = request;
  const input = inputOf(request);
  if (input === undefined || operation === '') return undefined;
  const names: unknown[] = input['Names'] ?? [input['Name'] ?? input['Path'] ?? ''];
  return names.map((name) => {
    const [plain = ''] = String(name)
      .replace(/^arn:[^:]+:ssm:[^:]*:[^:]*:parameter/, '')
      .split(':');
    return {
      action: `ssm:${operation}`,
      resource: arnOf(scope, 'ssm', `parameter${plain.startsWith('/') ? '' : '/'}${plain.replace(/(.)\/$/, '$1')}`),
    };
  });
};
