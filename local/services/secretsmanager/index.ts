/**
 * AWS Secrets Manager on one machine. Values are kept in a file of the data folder that only its
 * owner can read; they are not encrypted there, since the key would lie beside them.
 */
import { randomUUID } from 'node:crypto';
import {
  type AwsService,
  ConfigurationError,
  type DeclaredResource,
  type RuntimeContext,
} from '../../runtime/types.ts';
import { jsonOperations } from '../support/json-operations.ts';
import { secretOperations } from './operations.ts';
import { randomPassword } from './random-password.ts';
import { type Secret, SecretStore } from './secrets.ts';

export interface SecretsManagerService extends AwsService {
  /** The ARN of a secret by name, ARN or partial ARN; undefined when there is none. */
  secretArn(secretId: unknown): string | undefined;
}

export function createSecretsManagerService(ctx: RuntimeContext): SecretsManagerService {
  const store = new SecretStore(ctx);
  return {
    signingName: 'secretsmanager',
    resources: {
      'AWS::SecretsManager::Secret': (resource) => {
        const { arn } = declareSecret(resource, store);
        return { ref: arn, attributes: { Id: arn } };
      },
      'AWS::SecretsManager::ResourcePolicy': ({ properties }) => ({ ref: store.find(properties['SecretId']).arn }),
    },
    secretArn(secretId) {
      try {
        return store.find(secretId, { deletedToo: true }).arn;
      } catch {
        return undefined;
      }
    },
    handle: jsonOperations('Secrets Manager', secretOperations(store, ctx.clock)),
  };
}

/** A secret that exists keeps its value: a restart must not change what was generated or rotated. */
function declareSecret({ properties, defaultName }: DeclaredResource, store: SecretStore): Secret {
  const name = String(properties['Name'] ?? defaultName);
  if (store.has(name)) return store.find(name, { deletedToo: true });
  const { SecretString, GenerateSecretString } = properties;
  if (SecretString !== undefined && GenerateSecretString !== undefined)
    throw new ConfigurationError(`Secret "${name}" has both SecretString and GenerateSecretString: keep one.`);
  const value = SecretString ?? generated(name, GenerateSecretString);
  const secret = store.create(name, { description: properties['Description'], kmsKeyId: properties['KmsKeyId'] });
  if (value !== undefined) store.putVersion(secret, randomUUID(), { string: String(value) }, ['AWSCURRENT']);
  return secret;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-secretsmanager-secret-generatesecretstring.html */
function generated(name: string, options: Record<string, any> | undefined): string | undefined {
  if (options === undefined) return undefined;
  const { SecretStringTemplate, GenerateStringKey } = options;
  if ((SecretStringTemplate === undefined) !== (GenerateStringKey === undefined))
    throw new ConfigurationError(`Secret "${name}" needs SecretStringTemplate and GenerateStringKey together.`);
  const password = randomPassword(options);
  if (SecretStringTemplate === undefined) return password;
  return JSON.stringify({ ...JSON.parse(SecretStringTemplate), [GenerateStringKey]: password });
}
