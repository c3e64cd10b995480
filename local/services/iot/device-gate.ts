/** Decides who may connect: by the declared custom authorizer, or everyone when none is declared. */
import type { LambdaInvoker, RuntimeContext } from '../../runtime/types.ts';
import {
  type AuthorizerSettings,
  authorizeConnection,
  type ConnectFacts,
  ConnectionRefused,
  type Grant,
  usernameParameters,
} from './authorizer.ts';
import { Session } from './session.ts';

export class DeviceGate {
  readonly #ctx: RuntimeContext;
  readonly #authorizers = new Map<string, AuthorizerSettings>();
  #defaultName: string | undefined;

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
  }

  declare(authorizer: AuthorizerSettings): void {
    this.#authorizers.set(authorizer.name, authorizer);
  }

  /** The authorizer for devices that ask for none by name; else it is the first that is active. */
  useByDefault(name: string): void {
    this.#defaultName = name;
  }

  get isOpen(): boolean {
    return this.#authorizers.size === 0;
  }

  /** @throws ConnectionRefused */
  async admit(facts: ConnectFacts): Promise<Session> {
    const { clock, region, accountId } = this.#ctx;
    const grant = await this.#ask(facts);
    const session = new Session({ facts, clock, grant, arnPrefix: `arn:aws:iot:${region}:${accountId}` });
    if (!session.allows('iot:Connect', 'client', facts.clientId))
      throw new ConnectionRefused('iot:Connect is not allowed');
    return session;
  }

  /** Asks the authorizer again; AWS applies the new policies to the open connection. @throws ConnectionRefused */
  async refresh(session: Session): Promise<void> {
    session.renew(await this.#ask(session.facts));
  }

  async #ask(facts: ConnectFacts): Promise<Grant | undefined> {
    if (this.isOpen) return undefined;
    const wanted = usernameParameters(facts.username).get('x-amz-customauthorizer-name') ?? this.#defaultName;
    const authorizer =
      wanted === undefined
        ? [...this.#authorizers.values()].find(({ active }) => active)
        : this.#authorizers.get(wanted);
    if (authorizer === undefined) throw new ConnectionRefused(`There is no authorizer "${wanted ?? '(default)'}"`);
    if (!authorizer.active) throw new ConnectionRefused(`The authorizer "${authorizer.name}" is inactive`);
    return await authorizeConnection(authorizer, facts, this.#ctx.service<LambdaInvoker>('lambda'));
  }
}
