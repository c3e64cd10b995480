/** Event buses of one platform: what arrives on a bus is archived, matched against its rules and handed to their targets. */
import { AwsError, type Caller, type ClockTimer, type RuntimeContext } from '../../runtime/types.ts';
import { type Archive, ArchiveStore } from './archive.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { type BusEvent, isoSeconds } from './event.ts';
import type { Rule, RuleTarget } from './rule.ts';

export interface Bus {
  name: string;
  arn: string;
  rules: Map<string, Rule>;
  archives: Archive[];
  policy: unknown;
}

/** How late the delay fault makes a delivery that does not say it. */
const DEFAULT_DELAY_MS = 1000;

export class Buses {
  readonly archives: ArchiveStore;
  readonly #ctx: RuntimeContext;
  readonly #buses = new Map<string, Bus>();
  readonly #deliveries: DeliveryQueue;
  readonly #timers = new Map<Rule, ClockTimer>();

  constructor(ctx: RuntimeContext) {
    this.#ctx = ctx;
    this.#deliveries = new DeliveryQueue(ctx, 'events');
    this.archives = new ArchiveStore(ctx.dataDir, ctx.clock);
    this.add('default');
  }

  add(name: string): Bus {
    const arn = `arn:aws:events:${this.#ctx.region}:${this.#ctx.accountId}:event-bus/${name}`;
    const bus: Bus = { name, arn, rules: new Map(), archives: [], policy: undefined };
    this.#buses.set(name, bus);
    return bus;
  }

  /** A bus by name or ARN; throws `ResourceNotFoundException`. */
  get(identifier = 'default'): Bus {
    const bus = this.#buses.get(identifier.replace(/^.*event-bus\//, ''));
    if (bus === undefined) throw new AwsError('ResourceNotFoundException', `Event bus ${identifier} does not exist.`);
    return bus;
  }

  all(): Iterable<Bus> {
    return this.#buses.values();
  }

  /** The archive that is wanted; throws `ResourceNotFoundException`. */
  archive(isWanted: (archive: Archive) => boolean): Archive {
    for (const bus of this.#buses.values()) for (const archive of bus.archives) if (isWanted(archive)) return archive;
    throw new AwsError('ResourceNotFoundException', 'Archive does not exist.');
  }

  /**
   * Hands an event to every matching rule's targets.
   * @param onlyRules ARNs, when a replay names them
   */
  publish(bus: Bus, event: BusEvent, onlyRules?: string[]): void {
    if (event['replay-name'] === undefined)
      for (const archive of bus.archives) if (archive.matches(event)) this.archives.keep(archive, event);
    for (const rule of bus.rules.values()) {
      if (!rule.enabled || (onlyRules !== undefined && !onlyRules.includes(rule.arn))) continue;
      if (rule.matches(event)) this.#fire(rule, event);
    }
  }

  start(): void {
    this.#deliveries.start();
    for (const bus of this.#buses.values())
      for (const rule of bus.rules.values()) this.arm(rule, this.#ctx.clock.now());
  }

  /**
   * Sets the timer of an enabled scheduled rule; each firing counts from the one before, so none drifts. Times that the clock
   * leapt over are missed.
   */
  arm(rule: Rule, after: number): void {
    this.disarm(rule);
    const at = rule.enabled ? rule.schedule?.next(after) : undefined;
    if (at === undefined) return;
    const { clock, accountId, region } = this.#ctx;
    const fire = () => {
      this.arm(rule, Math.max(at, clock.now() - 1));
      this.#fire(rule, {
        ...{ version: '0', id: crypto.randomUUID(), 'detail-type': 'Scheduled Event', source: 'aws.events' },
        ...{ account: accountId, time: isoSeconds(at), region, resources: [rule.arn], detail: {} },
      });
    };
    this.#timers.set(rule, clock.setTimer(at - clock.now(), fire));
  }

  disarm(rule: Rule): void {
    this.#timers.get(rule)?.cancel();
    this.#timers.delete(rule);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#deliveries.stop();
    this.archives.close();
  }

  #fire(rule: Rule, event: BusEvent): void {
    const { clock, faults, log } = this.#ctx;
    const scope = { event, ruleArn: rule.arn, ruleName: rule.name, ingestedAt: isoSeconds(clock.now()) };
    for (const target of rule.targets) {
      const { arn, input, parameters, roleArn: _roleArn, ...policy } = target;
      let payload: string;
      try {
        payload = input(scope);
      } catch (error) {
        log.error(`Rule ${rule.name}: the input of ${arn} cannot be made`, { error: String(error), event: event.id });
        continue;
      }
      const submit = () =>
        this.#deliveries.submit({
          target: { arn, payload, parameters, caller: ruleCaller(rule, target) },
          ...policy,
          origin: { RULE_ARN: rule.arn },
        });
      const delay = faults.strike('events.delay', rule.arn);
      if (delay === undefined) submit();
      else clock.setTimer(delay.delayMs ?? DEFAULT_DELAY_MS, submit);
      if (faults.strike('events.duplicate', rule.arn)) submit();
    }
  }
}

/** A bus is put on in the target's role, everything else by the target's own policy. */
function ruleCaller(rule: Rule, { roleArn }: RuleTarget): Caller {
  return roleArn === undefined
    ? { service: 'events.amazonaws.com', sourceArn: rule.arn }
    : { roleArn, sessionName: 'events' };
}
