/**
 * Commands as an outstation takes them: a select opens a short window for one operate that must follow at once and be
 * the same octet for octet (IEEE 1815-2012, clause 4.4.4).
 */
import type { ObjectBlock } from '../application/fragment.ts';
import { nextSequence } from '../application/fragment-header.ts';
import type { Clock } from '../clock.ts';
import { clearBit, operationType, tripCloseCode } from '../objects/binary-output.ts';
import { commandStatus } from '../objects/command-status.ts';
import type { ObjectValue } from '../objects/variation.ts';

export type ReceivedCommand =
  | {
      kind: 'control';
      index: number;
      operation: keyof typeof operationType | 'unknown';
      tripClose: keyof typeof tripCloseCode | 'unknown';
      clear: boolean;
      count: number;
      onMs: number;
      offMs: number;
    }
  | { kind: 'set_point'; index: number; value: number; variation: 1 | 2 | 3 | 4 };

export type OperateMode = 'select_before_operate' | 'direct_operate' | 'direct_operate_no_ack';

export interface CommandHandler {
  /** Whether the command could be done now. @returns a status of `commandStatus` */
  select(command: ReceivedCommand): number | Promise<number>;
  /** Does it. @returns a status of `commandStatus` */
  operate(command: ReceivedCommand, mode: OperateMode): number | Promise<number>;
}

export class Controls {
  readonly #handler: CommandHandler;
  readonly #clock: Clock;
  readonly #selectTimeoutMs: number;
  readonly #mostCommands: number;
  #selected: { sequence: number; body: Buffer; at: number } | undefined;

  constructor(handler: CommandHandler, clock: Clock, selectTimeoutMs: number, mostCommands: number) {
    this.#handler = handler;
    this.#clock = clock;
    this.#selectTimeoutMs = selectTimeoutMs;
    this.#mostCommands = mostCommands;
  }

  /** Any request but the operate that belongs to it ends a select. */
  forget(): void {
    this.#selected = undefined;
  }

  /** @returns the echo with the status of every command */
  async select(sequence: number, body: Buffer, blocks: readonly ObjectBlock[]): Promise<Buffer> {
    this.forget();
    const { echo, statuses } = await this.#each(body, blocks, (command) => this.#handler.select(command));
    if (statuses.length > 0 && statuses.every((status) => status === commandStatus.SUCCESS))
      this.#selected = { sequence, body: Buffer.from(body), at: this.#clock.monotonicMs() };
    return echo;
  }

  async operate(sequence: number, body: Buffer, blocks: readonly ObjectBlock[]): Promise<Buffer> {
    const refusal = this.#refusal(sequence, body);
    // Once operated, a select is used up.
    this.forget();
    const run = (command: ReceivedCommand) => refusal ?? this.#handler.operate(command, 'select_before_operate');
    return (await this.#each(body, blocks, run)).echo;
  }

  async direct(mode: OperateMode, body: Buffer, blocks: readonly ObjectBlock[]): Promise<Buffer> {
    this.forget();
    return (await this.#each(body, blocks, (command) => this.#handler.operate(command, mode))).echo;
  }

  #refusal(sequence: number, body: Buffer): number | undefined {
    const selected = this.#selected;
    if (!selected || sequence !== nextSequence(selected.sequence) || !selected.body.equals(body))
      return commandStatus.NO_SELECT;
    return this.#clock.monotonicMs() - selected.at > this.#selectTimeoutMs ? commandStatus.TIMEOUT : undefined;
  }

  async #each(
    body: Buffer,
    blocks: readonly ObjectBlock[],
    run: (command: ReceivedCommand) => number | Promise<number>,
  ): Promise<{ echo: Buffer; statuses: number[] }> {
    const echo = Buffer.from(body);
    const statuses: number[] = [];
    let from = 0;
    for (const block of blocks) {
      const prefixOctets = block.prefix.kind === 'index' ? block.prefix.width : 0;
      const stride = objectStride(block, prefixOctets);
      for (const [position, { index, object }] of block.objects.entries()) {
        const command = asCommand(block, index, object);
        let status: number = commandStatus.NOT_SUPPORTED;
        if (statuses.length >= this.#mostCommands) status = commandStatus.TOO_MANY_OPS;
        else if (command && prefixOctets > 0) status = await run(command);
        statuses.push(status);
        // The status is the last octet of groups 12 and 41.
        const end = from + block.octets.length - (block.objects.length - 1 - position) * stride;
        echo[end - 1] = status;
      }
      from += block.octets.length;
    }
    return { echo, statuses };
  }
}

const objectStride = (block: ObjectBlock, prefixOctets: number): number => {
  const octets = block.group === 12 ? 11 : ([5, 3, 5, 9][block.variation - 1] ?? 0);
  return prefixOctets + octets;
};

export const isCommandBlock = ({ group, variation, prefix, objects }: ObjectBlock): boolean =>
  prefix.kind === 'index' &&
  objects.length > 0 &&
  ((group === 12 && variation === 1) || (group === 41 && variation >= 1 && variation <= 4));

const nameOf = <Name extends string>(codes: Record<Name, number>, code: number): Name | 'unknown' =>
  (Object.keys(codes) as Name[]).find((name) => codes[name] === code) ?? 'unknown';

function asCommand({ group, variation }: ObjectBlock, index: number, object: ObjectValue): ReceivedCommand | undefined {
  const { value, count = 0, onMs = 0, offMs = 0 } = object;
  if (typeof value !== 'number') return undefined;
  if (group === 41) return { kind: 'set_point', index, value, variation: variation as 1 | 2 | 3 | 4 };
  return {
    kind: 'control',
    index,
    operation: nameOf(operationType, value & 0x0f),
    tripClose: nameOf(tripCloseCode, value & 0xc0),
    clear: (value & clearBit) !== 0,
    count,
    onMs,
    offMs,
  };
}
