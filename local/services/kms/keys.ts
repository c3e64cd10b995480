/** The key ring: keys with their material and aliases, durable under the data folder. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { AwsError, ConfigurationError, type RuntimeContext } from '../../runtime/types.ts';
import { openJsonFile } from '../support/json-file.ts';

export const KEY_SPECS = {
  SYMMETRIC_DEFAULT: 'ENCRYPT_DECRYPT',
  ECC_NIST_P256: 'SIGN_VERIFY',
  HMAC_256: 'GENERATE_VERIFY_MAC',
} as const;
export type KeySpec = keyof typeof KEY_SPECS;
export type KeyUsage = (typeof KEY_SPECS)[KeySpec];

export interface Key {
  keyId: string;
  arn: string;
  spec: KeySpec;
  usage: KeyUsage;
  enabled: boolean;
  description: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** base64: 32 bytes, or PKCS #8 of an elliptic curve key. */
  material: string;
}

interface State {
  keys: Record<string, Key>;
  /** Alias name to key id. */
  aliases: Record<string, string>;
  /** Key ids of declared resources, so that a restart finds the same keys. */
  declared: Record<string, string>;
}

export class KeyRing {
  readonly #ctx: RuntimeContext;
  readonly #file;
  readonly #privateKeys = new Map<string, KeyObject>();

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
    this.#file = openJsonFile<State>(ctx.dataDir, 'kms-keys.json', { keys: {}, aliases: {}, declared: {} });
  }

  create(spec: KeySpec, description = '', enabled = true): Key {
    const { region, accountId, clock } = this.#ctx;
    const keyId = randomUUID();
    const key: Key = {
      keyId,
      arn: `arn:aws:kms:${region}:${accountId}:key/${keyId}`,
      spec,
      usage: KEY_SPECS[spec],
      enabled,
      description,
      createdAt: clock.now(),
      material: newMaterial(spec),
    };
    this.#file.value.keys[keyId] = key;
    this.#file.save();
    return key;
  }

  /** The key of a declared resource: kept from an earlier start, or new. */
  declare(name: string, spec: KeySpec, description: string, enabled: boolean): Key {
    const { keys, declared } = this.#file.value;
    const kept = keys[declared[name] ?? ''];
    if (kept !== undefined && kept.spec !== spec)
      throw new ConfigurationError(
        `KMS key "${name}" was a ${kept.spec} key and is now declared as ${spec}: start with --fresh.`,
      );
    const key = kept ?? this.create(spec, description, enabled);
    key.enabled = enabled;
    declared[name] = key.keyId;
    this.#file.save();
    return key;
  }

  setAlias(name: string, keyId: string): void {
    if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name))
      throw new AwsError('InvalidAliasNameException', `"${name}" is not an alias name.`);
    this.#file.value.aliases[name] = this.find(keyId).keyId;
    this.#file.save();
  }

  /** By key id, key ARN, alias name or alias ARN. @throws AwsError NotFoundException */
  find(reference: string): Key {
    const { keys, aliases } = this.#file.value;
    const resource = reference.startsWith('arn:') ? reference.split(':').slice(5).join(':') : reference;
    const keyId = resource.startsWith('alias/') ? aliases[resource] : resource.replace(/^key\//, '');
    const key = keyId === undefined || !Object.hasOwn(keys, keyId) ? undefined : keys[keyId];
    if (key === undefined) throw new AwsError('NotFoundException', `Key '${reference}' does not exist`);
    return key;
  }

  /** A key that may do what is asked. */
  usable(reference: string, usage: KeyUsage): Key {
    const key = this.find(reference);
    if (!key.enabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`);
    if (key.usage !== usage)
      throw new AwsError(
        'InvalidKeyUsageException',
        `${key.arn} key usage is ${key.usage} which is not valid for this operation.`,
      );
    return key;
  }

  privateKey(key: Key): KeyObject {
    let parsed = this.#privateKeys.get(key.keyId);
    if (parsed === undefined) {
      parsed = createPrivateKey({ key: Buffer.from(key.material, 'base64'), format: 'der', type: 'pkcs8' });
      this.#privateKeys.set(key.keyId, parsed);
    }
    return parsed;
  }

  keys(): Key[] {
    return Object.values(this.#file.value.keys);
  }

  aliases(): { name: string; keyId: string }[] {
    return Object.entries(this.#file.value.aliases).map(([name, keyId]) => ({ name, keyId }));
  }
}

function newMaterial(spec: KeySpec): string {
  if (spec !== 'ECC_NIST_P256') return randomBytes(32).toString('base64');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}
