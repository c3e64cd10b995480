/**
 * Secrets and their versions. A version carries staging labels; a label sits on one version at a
 * time, and the version that loses AWSCURRENT becomes AWSPREVIOUS.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
 */
import { randomBytes } from 'node:crypto';
import { AwsError, type RuntimeContext } from '../../runtime/types.ts';
import { openJsonFile } from '../support/json-file.ts';

export interface SecretVersion {
  string?: string;
  /** base64 */
  binary?: string;
  stages: string[];
  /** Milliseconds since the epoch, as all times here. */
  createdAt: number;
}

export interface Secret {
  name: string;
  arn: string;
  description: string | undefined;
  kmsKeyId: string | undefined;
  createdAt: number;
  changedAt: number;
  deletedAt?: number;
  versions: Record<string, SecretVersion>;
}

export type SecretContent = Pick<SecretVersion, 'string' | 'binary'>;

export class SecretStore {
  readonly #ctx: RuntimeContext;
  readonly #file;

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
    this.#file = openJsonFile<Record<string, Secret>>(ctx.dataDir, 'secrets.json', {});
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#file.value, name);
  }

  create(name: string, options: { description?: string; kmsKeyId?: string } = {}): Secret {
    if (!/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name))
      throw new AwsError('InvalidRequestException', 'The name must be 1 to 512 of the characters A-Z a-z 0-9 /_+=.@-');
    if (this.has(name))
      throw new AwsError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
    const { region, accountId, clock } = this.#ctx;
    const suffix = randomBytes(3).toString('hex');
    const secret: Secret = {
      name,
      arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`,
      description: options.description,
      kmsKeyId: options.kmsKeyId,
      createdAt: clock.now(),
      changedAt: clock.now(),
      versions: {},
    };
    this.#file.value[name] = secret;
    this.#file.save();
    return secret;
  }

  all(): Secret[] {
    return Object.values(this.#file.value);
  }

  /** By name, ARN, or ARN without its six random characters. */
  find(secretId: unknown, options: { deletedToo?: boolean } = {}): Secret {
    const wanted = String(secretId);
    const secret = this.has(wanted)
      ? this.#file.value[wanted]
      : this.all().find(({ arn }) => arn === wanted || arn.slice(0, -7) === wanted);
    if (secret === undefined)
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    if (secret.deletedAt !== undefined && !options.deletedToo)
      throw new AwsError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    return secret;
  }

  /** Adds a version. The same token with the same content again does nothing; with other content it is refused. */
  putVersion(secret: Secret, versionId: string, content: SecretContent, stages: string[]): void {
    const existing = secret.versions[versionId];
    if (existing !== undefined) {
      if (existing.string === content.string && existing.binary === content.binary) return;
      throw new AwsError('ResourceExistsException', `A version ${versionId} with other content already exists.`);
    }
    secret.versions[versionId] = { ...content, stages: [], createdAt: this.#ctx.clock.now() };
    for (const stage of stages) this.#attach(secret, stage, versionId);
    this.changed(secret);
  }

  moveStage(secret: Secret, stage: string, from: string | undefined, to: string | undefined): void {
    const holder = Object.keys(secret.versions).find((id) => secret.versions[id]!.stages.includes(stage));
    if (to !== undefined && secret.versions[to] === undefined)
      throw new AwsError('ResourceNotFoundException', `There is no version ${to}.`);
    if (holder !== undefined && holder !== to && from !== holder)
      throw new AwsError(
        'InvalidParameterException',
        `The parameter RemoveFromVersionId must be ${holder}, which holds ${stage}.`,
      );
    if (to !== undefined) this.#attach(secret, stage, to);
    else if (stage === 'AWSCURRENT')
      throw new AwsError('InvalidParameterException', 'AWSCURRENT can be moved, not removed.');
    else if (holder !== undefined) this.#detach(secret, stage, holder);
    this.changed(secret);
  }

  remove(secret: Secret): void {
    delete this.#file.value[secret.name];
    this.#file.save();
  }

  changed(secret: Secret): void {
    secret.changedAt = this.#ctx.clock.now();
    this.#file.save();
  }

  #attach(secret: Secret, stage: string, versionId: string): void {
    const holder = Object.keys(secret.versions).find((id) => secret.versions[id]!.stages.includes(stage));
    if (holder === versionId) return;
    if (holder !== undefined) this.#detach(secret, stage, holder);
    secret.versions[versionId]!.stages.push(stage);
    if (stage === 'AWSCURRENT' && holder !== undefined) this.#attach(secret, 'AWSPREVIOUS', holder);
    // Versions without a label are deprecated; AWS deletes them in time, at the latest beyond 100.
    const unlabelled = Object.keys(secret.versions).filter((id) => secret.versions[id]!.stages.length === 0);
    for (const id of unlabelled.slice(0, -100)) delete secret.versions[id];
  }

  #detach(secret: Secret, stage: string, versionId: string): void {
    const version = secret.versions[versionId]!;
    version.stages = version.stages.filter((each) => each !== stage);
  }
}
