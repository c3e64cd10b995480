/** An outstation before masters of all kinds: spoken to octet by octet, so that nothing depends on our own master. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Fragment, readFragment } from '../application/fragment.ts';
import { namesOfIndications } from '../application/internal-indications.ts';
import { encodeFrame } from '../link/frame.ts';
import { FrameParser } from '../link/frame-parser.ts';
import { readContent } from '../master/measurements.ts';
import { memoryLine } from '../testing/memory-line.ts';
import { TurnedClock } from '../testing/turned-clock.ts';
import { Reassembler, Segmenter } from '../transport-function/segments.ts';
import type { ReceivedCommand } from './control.ts';
import { Outstation } from './outstation.ts';
import type { OutstationHandler, OutstationSettings } from './settings.ts';

let clock: TurnedClock;
let outstation: Outstation;
let responses: Fragment[];
let tell: (hex: string, destination?: number) => Promise<Fragment | undefined>;
let operated: ReceivedCommand[];

function start(settings: Partial<OutstationSettings> = {}, handler: OutstationHandler = {}): void {
  clock = new TurnedClock();
  operated = [];
  responses = [];
  const own: OutstationHandler = {
    select: () => 0,
    operate: (command) => {
      operated.push(command);
      return 0;
    },
  };
  outstation = new Outstation(
    { address: 10, keepAliveMs: 0, sendsUnsolicited: false, points: [], ...settings },
    { ...own, ...handler },
    clock,
  );
  connect();
}

function connect(): void {
  const [ours, theirs] = memoryLine();
  outstation.attach(theirs);
  const reassembler = new Reassembler();
  const parser = new FrameParser();
  ours.onData((chunk) =>
    parser.push(chunk, ({ userData }) => {
      const fragment = reassembler.push(userData);
      if (fragment) responses.push(readFragment(fragment));
    }),
  );
  const segmenter = new Segmenter();
  tell = async (hex, destination = 10) => {
    const before = responses.length;
    for (const userData of segmenter.segments(Buffer.from(hex, 'hex')))
      await ours.write(
        encodeFrame({ fromMaster: true, isPrimary: true, functionCode: 4, destination, source: 1, userData }),
      );
    await clock.settle();
    return responses.length > before ? responses.at(-1) : undefined;
  };
}

const iin = (fragment: Fragment | undefined): string[] => namesOfIndications(fragment?.header.indications ?? 0);
const values = (fragment: Fragment | undefined) =>
  readContent(fragment?.blocks ?? []).measurements.map(({ index, value }) => `${index}=${value}`);

const analog = (index: number, eventClass: 0 | 1 | 2 | 3 = 1) =>
  ({ kind: 'analog_input', index, eventClass, flags: 1 }) as const;
const readEvents = (sequence: number): string => `c${sequence}013c02063c03063c0406`;
const crob = '0c011701000301640000006400000000';

describe('events', () => {
  beforeEach(() => start({ points: [analog(0)] }));

  it('stay until they are confirmed, and are told again until then', async () => {
    outstation.update('analog_input', 0, 5);
    const first = await tell(readEvents(1));
    expect(first!.header.wantsConfirm).toBe(true);
    expect(values(first)).toEqual(['0=5']);
    expect(values(await tell(readEvents(2)))).toEqual(['0=5']);
    await tell('c200');
    expect(values(await tell(readEvents(3)))).toEqual([]);
  });

  it('are not taken away by a confirmation of something else', async () => {
    outstation.update('analog_input', 0, 5);
    await tell(readEvents(1));
    await tell('c700');
    await tell('d100');
    expect(outstation.statistics.eventsBuffered).toBe(1);
    await clock.turn(5_000);
    await tell('c100');
    expect(outstation.statistics.eventsBuffered).toBe(1);
  });

  it('overflow: the oldest go, and the indication stands until there is room', async () => {
    start({ points: [analog(0)], eventLimits: { 1: 2, 2: 2, 3: 2 } });
    for (const value of [1, 2, 3]) outstation.update('analog_input', 0, value);
    const response = await tell(readEvents(1));
    expect(values(response)).toEqual(['0=2', '0=3']);
    expect(iin(response)).toContain('eventBufferOverflow');
    await tell('c100');
    expect(iin(await tell(readEvents(2)))).not.toContain('eventBufferOverflow');
  });

  it('need a dead-band to be crossed, which a master can set and read', async () => {
    expect(iin(await tell(`c102220217010005000000`))).toEqual(['deviceRestart']);
    outstation.update('analog_input', 0, 3);
    outstation.update('analog_input', 0, 8);
    outstation.update('analog_input', 0, 8.5);
    expect(values(await tell(readEvents(2)))).toEqual(['0=3', '0=8.5']);
    expect((await tell('c301220206'))!.blocks[0]!.objects[0]!.object.value).toBe(5);
  });

  it('come of quality alone, too', async () => {
    outstation.update('analog_input', 0, 3);
    expect(outstation.update('analog_input', 0, 3)).toBe(false);
    expect(outstation.update('analog_input', 0, 3, { flags: 0x05 })).toBe(true);
  });
});

describe('reads', () => {
  it('name variations for events of several kinds at once', async () => {
    start({ points: [analog(0), { kind: 'binary_input', index: 1, eventClass: 1, flags: 1 }] });
    outstation.update('analog_input', 0, 5);
    outstation.update('binary_input', 1, true);
    const response = await tell('c101' + '020106' + '200506');
    expect(response!.blocks.map(({ group, variation }) => `${group}.${variation}`)).toEqual(['32.5', '2.1']);
  });

  it('of listed indices, of counts and of a packed point that is not plainly online', async () => {
    start({
      points: [0, 1, 2, 3].map((index) => ({
        kind: 'binary_input',
        index,
        value: true,
        flags: index === 2 ? 0x11 : 1,
        staticVariation: 1,
      })),
    });
    expect(values(await tell('c101010017020301'))).toEqual(['3=true', '1=true']);
    const counted = await tell('c2010100070' + '3');
    expect(counted!.blocks.map(({ group, variation }) => `${group}.${variation}`)).toEqual(['1.1', '1.2']);
  });

  it.each([
    [{ kind: 'analog_input', index: 0, staticVariation: 9 }],
    [{ kind: 'analog_input', index: 0, eventVariation: 9 }],
    [{ kind: 'counter', index: 0, staticVariation: 3 }],
    [{ kind: 'binary_input', index: -1 }],
  ] as const)('are safe from a point that cannot be told: %j', (point) => {
    expect(() => start({ points: [point] })).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });

  it('are answered however long a string is and however short the fragments', async () => {
    start({
      points: [0, 1, 2].map((index) => ({ kind: 'octet_string', index, value: Buffer.alloc(255, index + 65) })),
      maxSentOctets: 280,
    });
    const seen = values(await tell('c1016e0006'));
    seen.push(...values(await tell('c100')), ...values(await tell('c200')));
    expect(seen).toHaveLength(3);
    expect(() => start({ maxSentOctets: 249 })).toThrow(/280/);
  });
});

describe('commands', () => {
  beforeEach(() => start());
  const status = (fragment: Fragment | undefined) => fragment?.blocks[0]?.objects[0]?.object.status;

  it('operate after their select', async () => {
    expect(status(await tell(`c103${crob}`))).toBe(0);
    expect(status(await tell(`c204${crob}`))).toBe(0);
    expect(operated).toHaveLength(1);
  });

  it.each([
    ['without a select', [`c204${crob}`], 2],
    ['with another sequence number', [`c103${crob}`, `c304${crob}`], 2],
    ['with another content', [`c103${crob}`, `c204${crob.replace('64', '65')}`], 2],
    ['after another request', [`c103${crob}`, readEvents(2), `c204${crob}`], 2],
    ['for the second time', [`c103${crob}`, `c204${crob}`, `c304${crob}`], 2],
  ])('are refused %s', async (_, requests, expected) => {
    for (const request of requests.slice(0, -1)) await tell(request);
    const before = operated.length;
    expect(status(await tell(requests.at(-1)!))).toBe(expected);
    expect(operated).toHaveLength(before);
  });

  it('are refused when the select has timed out', async () => {
    await tell(`c103${crob}`);
    await clock.turn(10_001);
    expect(status(await tell(`c204${crob}`))).toBe(1);
    expect(operated).toEqual([]);
  });

  it('repeated with the same sequence number are answered again but not done again', async () => {
    await tell(`c103${crob}`);
    await tell(`c204${crob}`);
    expect(status(await tell(`c204${crob}`))).toBe(0);
    expect(operated).toHaveLength(1);
  });

  it('beyond the number it takes are told TOO_MANY_OPS', async () => {
    start({ mostCommands: 1 });
    const two = await tell(`c1050c011702${'000301640000006400000000'}${'010301640000006400000000'}`);
    expect(two!.blocks[0]!.objects.map(({ object }) => object.status)).toEqual([0, 8]);
  });

  it('without an answer get none', async () => {
    expect(await tell(`c106${crob}`)).toBeUndefined();
    expect(operated).toHaveLength(1);
  });
});

describe('requests it cannot do', () => {
  beforeEach(() => start({ points: [analog(0)] }));
  it.each([
    ['an unknown function', 'c119', 'functionNotSupported'],
    ['an unknown object', 'c101630106', 'objectUnknown'],
    ['a range beyond its points', 'c1011e01000009', 'parameterError'],
    ['half a request', 'c1021e01', 'parameterError'],
    ['setting the restart indication', 'c10250010007070f', 'parameterError'],
    ['a time never recorded for', 'c102320307010000000000aa', 'parameterError'],
    ['a restart nobody supports', 'c10d', 'functionNotSupported'],
  ])('%s', async (_, request, expected) => {
    expect(iin(await tell(request))).toContain(expected);
  });

  it('and requests in pieces, confirmations of nothing and responses are left unanswered', async () => {
    for (const message of ['8101', '4101', 'c100', 'c1810000', 'd0820000', 'c1'])
      expect(await tell(message)).toBeUndefined();
  });
});

describe('broadcasts', () => {
  it('are done without an answer; the next response tells, and asks to be confirmed', async () => {
    start({ points: [analog(0)] });
    expect(await tell('c10250010007070' + '0', 0xfffe)).toBeUndefined();
    const next = await tell(readEvents(2));
    expect(iin(next)).toEqual(['broadcast']);
    expect(next!.header.wantsConfirm).toBe(true);
    await tell('c200');
    expect(iin(await tell(readEvents(3)))).toEqual([]);
  });

  it('that ask for no confirmation are told once', async () => {
    start();
    await tell('c1025001000707' + '00', 0xfffd);
    expect(iin(await tell(readEvents(2)))).toEqual(['broadcast']);
    expect(iin(await tell(readEvents(3)))).toEqual([]);
  });
});

describe('unsolicited responses', () => {
  const unsolicited = (): Fragment[] => responses.filter(({ header }) => header.functionCode === 130);

  it('begin empty and wait for permission; then events come, one response at a time', async () => {
    start({ points: [analog(0)], sendsUnsolicited: true });
    await clock.turn(1);
    expect(unsolicited()).toHaveLength(1);
    outstation.update('analog_input', 0, 1);
    await tell('d000');
    await clock.turn(1);
    expect(unsolicited()).toHaveLength(1);
    await tell('c1143c0206');
    await clock.turn(1);
    outstation.update('analog_input', 0, 2);
    await clock.turn(1);
    expect(unsolicited().map(values)).toEqual([[], ['0=1']]);
    await tell('d100');
    await clock.turn(1);
    expect(unsolicited().map(values)).toEqual([[], ['0=1'], ['0=2']]);
  });

  it('are repeated as they were, then given up until later; no event is lost', async () => {
    start({ points: [analog(0)], sendsUnsolicited: true, unsolicitedRetries: 2, unsolicitedPauseMs: 60_000 });
    await clock.turn(1);
    await tell('d000');
    await tell('c1143c0206');
    outstation.update('analog_input', 0, 1);
    await clock.turn(20_000);
    const sent = unsolicited().slice(1);
    expect(sent.map(({ header }) => header.sequence)).toEqual([1, 1, 1]);
    await clock.turn(60_000);
    expect(unsolicited().at(-1)!.header.sequence).toBe(2);
    expect(values(unsolicited().at(-1))).toEqual(['0=1']);
  });

  it('put off a read until they are confirmed', async () => {
    start({ points: [analog(0)], sendsUnsolicited: true });
    await clock.turn(1);
    expect(await tell(readEvents(1))).toBeUndefined();
    await tell('d000');
    expect(responses.at(-1)!.header).toMatchObject({ functionCode: 129, sequence: 1 });
  });
});

describe('time', () => {
  it('is set by record and write, with what passed in between', async () => {
    start({ needsTime: true, timeValidMs: 60_000 });
    expect(iin(await tell('c118'))).toContain('needTime');
    await clock.turn(250);
    const time = Buffer.alloc(6);
    time.writeUIntLE(1_000_000, 0, 6);
    await tell(`c20232030701${time.toString('hex')}`);
    expect(outstation.now()).toBe(1_000_250);
    expect(iin(await tell(readEvents(3)))).not.toContain('needTime');
    await clock.turn(60_001);
    expect(iin(await tell(readEvents(4)))).toContain('needTime');
  });
});
