/** AWS KMS on one machine: real cryptography with keys that live under the data folder. */
import {
  type AwsService,
  ConfigurationError,
  type DeclaredResource,
  type RuntimeContext,
} from '../../runtime/types.ts';
import { jsonOperations } from '../support/json-operations.ts';
import { keyIdOf } from './envelope.ts';
import { KEY_SPECS, KeyRing, type KeySpec } from './keys.ts';
import { kmsOperations } from './operations.ts';

export interface KmsService extends AwsService {
  /** The ARN of a key by id, ARN or alias, or of the key that sealed a base64 blob; undefined when there is none. */
  keyArn(reference: unknown): string | undefined;
}

export function createKmsService(ctx: RuntimeContext): KmsService {
  const ring = new KeyRing(ctx);
  const answer = jsonOperations('KMS', kmsOperations(ring));
  return {
    signingName: 'kms',
    resources: {
      'AWS::KMS::Key': (resource) => {
        const { keyId, arn } = declareKey(resource, ring);
        return { ref: keyId, attributes: { Arn: arn, KeyId: keyId } };
      },
      'AWS::KMS::Alias': ({ properties }) => {
        const name = String(properties['AliasName']);
        ring.setAlias(name, String(properties['TargetKeyId']));
        return { ref: name };
      },
    },
    keyArn(reference) {
      const blob = (reference as { blob?: unknown } | undefined)?.blob;
      try {
        return ring.find(blob === undefined ? String(reference) : keyIdOf(Buffer.from(String(blob), 'base64'))).arn;
      } catch {
        return undefined;
      }
    },
    handle(request) {
      ctx.meter.count('kms.requestPerMillion', 1);
      return answer(request);
    },
  };
}

function declareKey({ properties, defaultName }: DeclaredResource, ring: KeyRing) {
  const spec = String(properties['KeySpec'] ?? 'SYMMETRIC_DEFAULT');
  if (!Object.hasOwn(KEY_SPECS, spec))
    throw new ConfigurationError(
      `KMS key "${defaultName}" has KeySpec ${spec}; played locally are ${Object.keys(KEY_SPECS).join(', ')}.`,
    );
  const usage = KEY_SPECS[spec as KeySpec];
  const declaredUsage = properties['KeyUsage'] ?? 'ENCRYPT_DECRYPT';
  if (declaredUsage !== usage)
    throw new ConfigurationError(
      `KMS key "${defaultName}" of KeySpec ${spec} must have KeyUsage ${usage}, not ${declaredUsage}.`,
    );
  const enabled = String(properties['Enabled'] ?? true) === 'true';
  return ring.declare(defaultName, spec as KeySpec, String(properties['Description'] ?? ''), enabled);
}
