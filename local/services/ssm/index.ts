/**
 * Parameter Store of AWS Systems Manager, for plain parameters. SecureString is refused: secrets
 * belong to Secrets Manager here.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Operations.html
 */
import { AwsError, type AwsService, ConfigurationError, type RuntimeContext } from '../../runtime/types.ts';
import { openJsonFile } from '../support/json-file.ts';
import { jsonOperations, type Operation } from '../support/json-operations.ts';

interface Parameter {
  type: 'String' | 'StringList';
  /** Oldest first; the version is the position counted from 1. */
  values: string[];
  /** Milliseconds since the epoch. */
  modifiedAt: number;
}

export interface SsmService extends AwsService {
  /** The value of a parameter, for template parameters of type AWS::SSM::Parameter::Value. */
  parameter(name: string): string | undefined;
}

export function createSsmService(ctx: RuntimeContext): SsmService {
  const file = openJsonFile<Record<string, Parameter>>(ctx.dataDir, 'ssm-parameters.json', {});
  const put = (name: string, type: Parameter['type'], value: string): number => {
    const { values } = file.value[name] ?? { values: [] };
    if (values.at(-1) !== value || file.value[name]?.type !== type)
      file.value[name] = { type, values: [...values, value], modifiedAt: ctx.clock.now() };
    file.save();
    return file.value[name]!.values.length;
  };
  const find = (selector: string): { name: string; parameter: Parameter; version: number } | undefined => {
    const plain = selector.startsWith('arn:') ? selector.slice(selector.indexOf(':parameter') + 10) : selector;
    const [name = '', version] = plain.split(':');
    const parameter = Object.hasOwn(file.value, name) ? file.value[name] : file.value[name.replace(/^\//, '')];
    const wanted = version === undefined ? parameter?.values.length : Number(version);
    return parameter?.values[(wanted ?? 0) - 1] === undefined ? undefined : { name, parameter, version: wanted! };
  };
  const render = ({ name, parameter, version }: NonNullable<ReturnType<typeof find>>) => ({
    Name: name,
    Type: parameter.type,
    Value: parameter.values[version - 1],
    Version: version,
    LastModifiedDate: parameter.modifiedAt / 1_000,
    ARN: `arn:aws:ssm:${ctx.region}:${ctx.accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`,
    DataType: 'text',
  });
  const operations: Record<string, Operation> = {
    PutParameter: ({ Name, Type, Value, Overwrite = false }) => {
      const existing = Object.hasOwn(file.value, Name) ? file.value[Name] : undefined;
      const type = Type ?? existing?.type;
      if (type !== 'String' && type !== 'StringList')
        throw new AwsError('ValidationException', `Type ${type} is not played locally: use String or StringList.`);
      if (existing !== undefined && !Overwrite)
        throw new AwsError('ParameterAlreadyExists', 'The parameter already exists. To overwrite it, set Overwrite.');
      if (Buffer.byteLength(String(Value)) > 4096)
        throw new AwsError('ValidationException', 'Standard tier parameters support a value of up to 4096 characters.');
      return { Version: put(Name, type, Value), Tier: 'Standard' };
    },
    GetParameter: ({ Name }) => {
      const found = find(Name);
      if (found === undefined) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
      return { Parameter: render(found) };
    },
    GetParameters: ({ Names }) => {
      const found = (Names as string[]).map((name) => ({ name, parameter: find(name) }));
      return {
        Parameters: found.flatMap(({ parameter }) => (parameter ? [render(parameter)] : [])),
        InvalidParameters: found.flatMap(({ name, parameter }) => (parameter ? [] : [name])),
      };
    },
    GetParametersByPath: ({ Path, Recursive = false }) => {
      const prefix = String(Path).endsWith('/') ? String(Path) : `${Path}/`;
      const names = Object.keys(file.value).filter(
        (name) => name.startsWith(prefix) && (Recursive || !name.slice(prefix.length).includes('/')),
      );
      return { Parameters: names.sort().map((name) => render(find(name)!)) };
    },
    DeleteParameter: ({ Name }) => {
      if (!Object.hasOwn(file.value, Name)) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
      delete file.value[Name];
      file.save();
      return {};
    },
  };
  return {
    signingName: 'ssm',
    resources: {
      'AWS::SSM::Parameter': ({ properties, defaultName }) => {
        const name = String(properties['Name'] ?? defaultName);
        const { Type: type, Value } = properties;
        if (type !== 'String' && type !== 'StringList')
          throw new ConfigurationError(`SSM parameter "${name}" has Type ${type}: use String or StringList.`);
        put(name, type, String(Value));
        return { ref: name, attributes: { Type: type, Value: String(Value) } };
      },
    },
    handle: jsonOperations('SSM', operations),
    parameter: (name) => {
      const found = find(name);
      return found?.parameter.values[found.version - 1];
    },
  };
}
