/**
 * The protocol of the bulk client. Raw DynamoDB attributes without binary values are on the wire exactly what they are
 * in JavaScript, so one `JSON.stringify` does what the SDK's schema-driven codec does member by member, in a third of
 * the time; batches of readings consist of little else. Everything around it, errors included, is the SDK's own.
 */
import { AwsJson1_0Protocol } from '@aws-sdk/core/protocols';

type Settings = ConstructorParameters<typeof AwsJson1_0Protocol>[0];

class PlainSerializer {
  #text = '';

  setSerdeContext(): void {}

  write(_schema: unknown, value: unknown): void {
    this.#text = JSON.stringify(value);
  }

  flush(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

const decoder = new TextDecoder();

class PlainDeserializer {
  setSerdeContext(): void {}

  read(_schema: unknown, body: Uint8Array | string): unknown {
    return JSON.parse(typeof body === 'string' ? body : decoder.decode(body));
  }

  readObject(_schema: unknown, value: unknown): unknown {
    return value;
  }
}

const plainCodec = {
  setSerdeContext: (): void => {},
  createSerializer: () => new PlainSerializer(),
  createDeserializer: () => new PlainDeserializer(),
};

export class PlainProtocol extends AwsJson1_0Protocol {
  constructor(settings: Settings) {
    super({ ...settings, jsonCodec: plainCodec as unknown as NonNullable<Settings['jsonCodec']> });
  }
}
