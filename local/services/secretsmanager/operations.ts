/** The Secrets Manager API. @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html */
import { randomUUID } from 'node:crypto';
import { AwsError, type Clock } from '../../runtime/types.ts';
import type { Operation } from '../support/json-operations.ts';
import { randomPassword } from './random-password.ts';
import type { Secret, SecretContent, SecretStore } from './secrets.ts';

const MAX_SECRET_BYTES = 65_536;
const DAY_MS = 86_400_000;

export function secretOperations(store: SecretStore, clock: Clock): Record<string, Operation> {
  const put = (secret: Secret, input: Record<string, any>, stages: string[]) => {
    const versionId = String(input['ClientRequestToken'] ?? randomUUID());
    store.putVersion(secret, versionId, contentOf(input), stages);
    return { ARN: secret.arn, Name: secret.name, VersionId: versionId };
  };
  const hasContent = (input: Record<string, any>) =>
    input['SecretString'] !== undefined || input['SecretBinary'] !== undefined;
  return {
    CreateSecret: (input) => {
      if (hasContent(input)) contentOf(input);
      const secret = store.create(String(input['Name']), {
        description: input['Description'],
        kmsKeyId: input['KmsKeyId'],
      });
      return hasContent(input) ? put(secret, input, ['AWSCURRENT']) : { ARN: secret.arn, Name: secret.name };
    },
    GetSecretValue: (input) => {
      const secret = store.find(input['SecretId']);
      const [versionId, version] = versionOf(secret, input);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: versionId,
        VersionStages: version.stages,
        CreatedDate: version.createdAt / 1_000,
        ...(version.string === undefined ? {} : { SecretString: version.string }),
        ...(version.binary === undefined ? {} : { SecretBinary: version.binary }),
      };
    },
    PutSecretValue: (input) => {
      const stages = (input['VersionStages'] as string[] | undefined) ?? ['AWSCURRENT'];
      return { ...put(store.find(input['SecretId']), input, stages), VersionStages: stages };
    },
    UpdateSecret: (input) => {
      const secret = store.find(input['SecretId']);
      if (input['Description'] !== undefined) secret.description = input['Description'];
      if (input['KmsKeyId'] !== undefined) secret.kmsKeyId = input['KmsKeyId'];
      store.changed(secret);
      return hasContent(input) ? put(secret, input, ['AWSCURRENT']) : { ARN: secret.arn, Name: secret.name };
    },
    UpdateSecretVersionStage: ({ SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId }) => {
      const secret = store.find(SecretId);
      store.moveStage(secret, VersionStage, RemoveFromVersionId, MoveToVersionId);
      return { ARN: secret.arn, Name: secret.name };
    },
    DescribeSecret: ({ SecretId }) => describe(store.find(SecretId, { deletedToo: true })),
    ListSecrets: () => ({
      SecretList: store
        .all()
        .filter(({ deletedAt }) => deletedAt === undefined)
        .map(describe),
    }),
    ListSecretVersionIds: ({ SecretId, IncludeDeprecated = false }) => {
      const secret = store.find(SecretId);
      const versions = Object.entries(secret.versions)
        .filter(([, { stages }]) => IncludeDeprecated || stages.length > 0)
        .map(([VersionId, { stages, createdAt }]) => ({
          VersionId,
          VersionStages: stages,
          CreatedDate: createdAt / 1_000,
        }));
      return { ARN: secret.arn, Name: secret.name, Versions: versions };
    },
    DeleteSecret: ({ SecretId, RecoveryWindowInDays = 30, ForceDeleteWithoutRecovery = false }) => {
      const secret = store.find(SecretId);
      if (RecoveryWindowInDays < 7 || RecoveryWindowInDays > 30)
        throw new AwsError('InvalidParameterException', 'RecoveryWindowInDays must be from 7 to 30.');
      secret.deletedAt = clock.now() + (ForceDeleteWithoutRecovery ? 0 : RecoveryWindowInDays * DAY_MS);
      store.changed(secret);
      if (ForceDeleteWithoutRecovery) store.remove(secret);
      return { ARN: secret.arn, Name: secret.name, DeletionDate: secret.deletedAt / 1_000 };
    },
    RestoreSecret: ({ SecretId }) => {
      const secret = store.find(SecretId, { deletedToo: true });
      delete secret.deletedAt;
      store.changed(secret);
      return { ARN: secret.arn, Name: secret.name };
    },
    GetRandomPassword: (input) => ({ RandomPassword: randomPassword(input) }),
  };
}

function contentOf({ SecretString, SecretBinary }: Record<string, any>): SecretContent {
  if ((SecretString === undefined) === (SecretBinary === undefined))
    throw new AwsError('InvalidRequestException', 'You must provide SecretString or SecretBinary, and not both.');
  const size =
    SecretString === undefined ? Buffer.from(SecretBinary, 'base64').length : Buffer.byteLength(SecretString);
  if (size < 1 || size > MAX_SECRET_BYTES)
    throw new AwsError('ValidationException', `The secret value must have from 1 to ${MAX_SECRET_BYTES} bytes.`);
  return SecretString === undefined ? { binary: SecretBinary } : { string: SecretString };
}

function versionOf(secret: Secret, { VersionId, VersionStage }: Record<string, any>) {
  const stage = VersionStage ?? (VersionId === undefined ? 'AWSCURRENT' : undefined);
  const found = Object.entries(secret.versions).find(
    ([id, { stages }]) =>
      (VersionId === undefined || id === VersionId) && (stage === undefined || stages.includes(stage)),
  );
  if (found !== undefined) return found;
  const wanted = VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${VersionId}`;
  throw new AwsError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${wanted}`,
  );
}

function describe(secret: Secret): object {
  const labelled = Object.entries(secret.versions).filter(([, { stages }]) => stages.length > 0);
  return {
    ARN: secret.arn,
    Name: secret.name,
    ...(secret.description === undefined ? {} : { Description: secret.description }),
    ...(secret.kmsKeyId === undefined ? {} : { KmsKeyId: secret.kmsKeyId }),
    CreatedDate: secret.createdAt / 1_000,
    LastChangedDate: secret.changedAt / 1_000,
    ...(secret.deletedAt === undefined ? {} : { DeletedDate: secret.deletedAt / 1_000 }),
    VersionIdsToStages: Object.fromEntries(labelled.map(([id, { stages }]) => [id, stages])),
  };
}
