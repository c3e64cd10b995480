/** What kinds of providers do besides their main operation, and how the parts they share behave. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProviders, startProviders } from '../../../local/providers/start-providers.ts';
import { parseMoney } from '../../money/money.ts';
import { loadOperations } from '../adapters/index.ts';
import type { KindOperations, ProviderKind } from '../provider.ts';
import { failureOf, testContext } from './test-support/test-context.ts';

const clock = { nowMs: Date.parse('2026-03-01T10:00:00Z') };
let providers: RunningProviders;
beforeAll(async () => {
  providers = await startProviders({ now: () => clock.nowMs });
});
afterAll(() => providers.close());

function open<K extends ProviderKind>(
  kind: K,
  provider: string,
  more: Record<string, string> = {},
): Promise<KindOperations[K]> {
  return loadOperations(kind, provider, testContext({ ...providers.settingsOf(provider), ...more }, clock));
}
const lastAct = (provider: string) => providers.journal.acts(provider).at(-1)!.data as any;

it('a provider of another kind is not opened', async () => {
  await expect(open('sms', 'stripe')).rejects.toThrow('no provider "stripe" of the kind sms');
});

describe('SMS', () => {
  it.each(['local_1', 'twilio', 'kavenegar'])('%s tells what became of a message', async (provider) => {
    const sms = await open('sms', provider);
    const { providerReference } = await sms.send({ to: '+967771234567', text: 'رصيدك', reference: `s-${provider}` });
    expect(await sms.status!(providerReference)).toEqual({ providerReference, status: 'delivered' });
  });

  it.each(['local_1', 'local_2', 'twilio', 'kavenegar', 'unifonic'])(
    '%s carries Arabic and signs as they are',
    async (provider) => {
      const text = 'فاتورة &=?#%+"\' 100%\n{{to}}';
      await (await open('sms', provider)).send({ to: '+967771234567', text, reference: `t-${provider}` });
      expect(lastAct(provider).text).toBe(text);
    },
  );
});

describe('WhatsApp', () => {
  it('sends templates with parameters, and media by address or after an upload', async () => {
    const whatsapp = await open('whatsapp', 'whatsapp');
    const to = '+967771234567';
    await whatsapp.sendTemplate({ to, template: 'bill', language: 'ar', parameters: ['علي', '12.5'], reference: 'w1' });
    expect(lastAct('whatsapp').content.components[0].parameters[1]).toEqual({ type: 'text', text: '12.5' });
    await whatsapp.sendMedia({
      to,
      kind: 'image',
      url: 'https://utility.example/a.png',
      caption: 'c',
      reference: 'w2',
    });
    expect(lastAct('whatsapp').content).toEqual({ link: 'https://utility.example/a.png', caption: 'c' });
    const header = async (document: { mediaId?: string; url?: string; filename: string }) => {
      await whatsapp.sendTemplate({
        to,
        template: 'bill',
        language: 'ar',
        parameters: ['علي'],
        document,
        reference: 'h',
      });
      return lastAct('whatsapp').content.components;
    };
    const filename = 'bill.pdf';
    expect(await header({ url: 'https://utility.example/b.pdf', filename })).toEqual([
      {
        type: 'header',
        parameters: [{ type: 'document', document: { link: 'https://utility.example/b.pdf', filename } }],
      },
      { type: 'body', parameters: [{ type: 'text', text: 'علي' }] },
    ]);
    await expect(header({ mediaId: 'never-uploaded', filename })).rejects.toThrow();
    const { mediaId } = await whatsapp.uploadMedia!({
      contentType: 'application/pdf',
      filename: 'a"\r\nb.pdf',
      content: new Uint8Array([0, 255, 13, 10]),
    });
    expect((await header({ mediaId, filename }))[0].parameters[0].document).toEqual({ id: mediaId, filename });
    await whatsapp.sendMedia({ to, kind: 'document', mediaId, filename: 'bill.pdf', reference: 'w3' });
    expect(lastAct('whatsapp')).toMatchObject({ content: { id: mediaId, filename: 'bill.pdf' }, reference: 'w3' });
  });
});

describe('e-mail', () => {
  const attachments = [{ filename: 'فاتورة.pdf', contentType: 'application/pdf', content: new Uint8Array([1, 2, 3]) }];
  const message = {
    to: ['a@example.com'],
    cc: ['b@example.com'],
    subject: 'فاتورة شهر مارس — ملخص طويل للاستهلاك',
    text: 'نص',
    html: '<b>نص</b>',
    attachments,
  };

  it.each(['smtp', 'ses'])('%s sends MIME that reads back', async (provider) => {
    await (await open('email', provider)).send({ ...message, reference: `m-${provider}` });
    const { raw } = lastAct(provider) as { raw: string };
    const head = raw.split('\r\n\r\n')[0]!.replace(/\r\n /g, '');
    const words = [...head.matchAll(/=\?utf-8\?B\?([^?]+)\?=/g)].map(([, word]) =>
      Buffer.from(word!, 'base64').toString('utf8'),
    );
    expect(words.join('')).toContain(message.subject);
    expect(raw).toContain('multipart/alternative');
    expect(raw).toContain(Buffer.from([1, 2, 3]).toString('base64'));
    expect(raw.split('\r\n').every((line) => line.length <= 998)).toBe(true);
  });

  it('a mail server gets every recipient, and a line with a dot arrives', async () => {
    await (await open('email', 'smtp')).send({ ...message, reference: 'dots' });
    expect(lastAct('smtp').to).toEqual(['a@example.com', 'b@example.com']);
  });

  it.each(['smtp', 'ses', 'sendgrid'])('%s refuses a recipient that would start a header', async (provider) => {
    const email = await open('email', provider);
    const error = await failureOf(() =>
      email.send({ ...message, to: ['a@example.com\r\nBcc: c@example.com'], reference: 'inject' }),
    );
    expect(error.code).toBe('rejected');
  });

  it('a recipient the mail server does not know is refused', async () => {
    const email = await open('email', 'smtp');
    const error = await failureOf(() => email.send({ ...message, to: ['x@invalid.example'], reference: 'unknown' }));
    expect(error).toMatchObject({ code: 'rejected', providerCode: '550' });
  });

  it('a mail server without STARTTLS never sees the password', async () => {
    const error = await failureOf(async () =>
      (await open('email', 'smtp', { security: 'starttls' })).send({ ...message, reference: 'strip' }),
    );
    expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining('STARTTLS') });
  });
});

describe('push', () => {
  it('goes to a topic too', async () => {
    await (await open('push', 'fcm')).send({ topic: 'outages', title: 'ع', body: 'ن', reference: 'p1' });
    expect(lastAct('fcm')).toMatchObject({ to: 'outages', title: 'ع' });
  });
});

describe('Google Calendar', () => {
  it('changes, lists over pages and deletes, twice too', async () => {
    const calendar = await open('calendar', 'google_calendar');
    const at = (hour: number) => `2026-05-01T0${hour}:00:00Z`;
    const ids: string[] = [];
    for (let hour = 1; hour <= 5; hour += 1)
      ids.push(
        (await calendar.createEvent({ title: `زيارة ${hour}`, start: at(hour), end: at(hour + 1) })).providerReference,
      );
    await calendar.updateEvent(ids[0]!, { title: 'أخرى', start: at(1), end: at(2), attendees: ['a@example.com'] });
    const found = await calendar.listEvents({ from: at(1), to: at(6) });
    expect(found).toHaveLength(5);
    expect(found.find(({ providerReference }) => providerReference === ids[0])).toMatchObject({
      title: 'أخرى',
      attendees: ['a@example.com'],
    });
    await calendar.deleteEvent(ids[0]!);
    await calendar.deleteEvent(ids[0]!);
    expect(await calendar.listEvents({ from: at(1), to: at(6) })).toHaveLength(4);
  });
});

describe('Slack', () => {
  it('a channel that is gone is a matter of configuration', async () => {
    const chat = await open('chat', 'slack');
    const error = await failureOf(() => chat.post({ text: 'x', channel: '#gone', reference: 'c' }));
    expect(error).toMatchObject({ code: 'configuration', providerCode: 'channel_not_found' });
  });
});

describe('Acrel', () => {
  it('reads a meter', async () => {
    const acrel = await open('meter_platform', 'acrel');
    expect(await acrel.readMeter('ACR-001234')).toMatchObject({ registerKwh: '15234.56', data: { voltage: 220.5 } });
  });

  it('commands over the documented topic where MQTT is chosen', async () => {
    const acrel = await open('meter_platform', 'acrel', {
      ...providers.settingsOf('generic_mqtt'),
      command_transport: 'mqtt',
    });
    await acrel.command({ stationId: 'ST1', meterId: 'M1', command: 'set_tariff', tariffId: 'T2', reference: 'cmd' });
    const { topic, payload } = lastAct('generic_mqtt');
    expect(topic).toBe('acrel/ST1/meter/M1/command');
    expect(JSON.parse(payload)).toEqual({
      command: 'set_tariff',
      tariff_id: 'T2',
      timestamp: '2026-03-01T10:00:00.000Z',
      source: 'billing_system',
    });
    const error = await failureOf(() =>
      acrel.command({ stationId: 'a/+', meterId: 'M1', command: 'relay_on', reference: 'bad' }),
    );
    expect(error.code).toBe('rejected');
  });
});

describe('STS vending', () => {
  const meterNumber = '04123456789';

  it('makes tokens of every kind, and reverses', async () => {
    const sts = await open('vending', 'sts');
    const credit = await sts.credit({ meterNumber, amount: parseMoney('100', 'YER'), reference: 'v1' });
    expect(credit).toMatchObject({
      tokens: [expect.stringMatching(/^\d{20}$/)],
      energyKwh: '50.0',
      amount: { minor: 10000n, currency: 'YER' },
    });
    expect(await sts.credit({ meterNumber, energyKwh: '12.5', reference: 'v2' })).toMatchObject({ energyKwh: '12.5' });
    for (const made of [
      await sts.clearCredit({ meterNumber, reference: 'v3' }),
      await sts.clearTamper({ meterNumber, reference: 'v4' }),
      await sts.setPowerLimit({ meterNumber, limitW: 5000, reference: 'v5' }),
      await sts.test({ meterNumber, test: 1, reference: 'v6' }),
    ])
      expect(made.tokens).toHaveLength(1);
    const change = await sts.changeKey({
      meterNumber,
      supplyGroupCode: '123456',
      keyRevision: 1,
      tariffIndex: '07',
      reference: 'v7',
    });
    expect(change.tokens).toHaveLength(2);
    expect(await sts.reverse!({ providerReference: credit.providerReference, reference: 'v8' })).toEqual({
      reversed: true,
    });
  });

  it('takes nothing for a token that has not twenty digits', async () => {
    const credit = {
      path: '/tokens/credit',
      body: { reference: '{{reference}}', meter_number: '{{meterNumber}}', amount: '{{amount}}' },
    };
    const mapping = (tokens: string) => ({
      operations: JSON.stringify({ credit: { ...credit, result: { providerReference: 'transaction_id', tokens } } }),
    });
    const order = { meterNumber, amount: parseMoney('10', 'YER') };
    const good = await (await open('vending', 'sts', mapping('tokens[0]'))).credit({ ...order, reference: 'd1' });
    expect(good.tokens).toEqual([expect.stringMatching(/^\d{20}$/)]);
    for (const path of ['transaction_id', 'meter_number', 'nowhere']) {
      const sts = await open('vending', 'sts', mapping(path));
      const error = await failureOf(() => sts.credit({ ...order, reference: `d-${path}` }));
      expect(error.code).toBe('unreadable_answer');
    }
  });

  it('finds an order again whose answer was lost, and does not make a second token', async () => {
    const sts = await open('vending', 'sts');
    providers.journal.clear();
    providers.setMode('sts', { mode: 'lose_answer', times: 1 });
    const error = await failureOf(() =>
      sts.credit({ meterNumber, amount: parseMoney('40', 'YER'), reference: 'lost' }),
    );
    expect(error.mayHaveActed).toBe(true);
    expect(await sts.find('lost')).toMatchObject({ tokens: [expect.stringMatching(/^\d{20}$/)] });
    expect(providers.journal.acts('sts', 'token')).toHaveLength(1);
    expect(await sts.find('never')).toBeUndefined();
  });
});

describe('a mapping', () => {
  const call = (settings: Record<string, string>, parameters: Record<string, unknown> = {}) =>
    failureOf(async () =>
      (await open('http', 'generic_http', settings)).call({ operation: 'createRecord', parameters, reference: 'r' }),
    );

  it.each([
    ['no JSON', '{', 'not a JSON object'],
    ['an operation with a field nobody knows', '{"createRecord":{"path":"/","colour":"red"}}', 'createRecord'],
    ['a method nobody knows', '{"createRecord":{"path":"/","method":"HACK"}}', 'createRecord.method'],
    ['a placeholder without a value', '{"createRecord":{"path":"/{{nothing}}"}}', 'nothing'],
  ])('with %s is a matter of configuration', async (_what, operations, words) => {
    expect(await call({ operations })).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(words),
    });
  });

  it('without the operation says so', async () => {
    const http = await open('http', 'generic_http');
    const error = await failureOf(() => http.call({ operation: 'other', parameters: {}, reference: 'r' }));
    expect(error).toMatchObject({ code: 'configuration', message: expect.stringContaining('other') });
  });

  it('lets no parameter change address, headers or body', async () => {
    const operations = JSON.stringify({
      createRecord: {
        path: '/records/{{id}}',
        headers: { 'x-note': '{{note}}' },
        encoding: 'xml',
        body: '<order id="{{id}}">{{note}}</order>',
      },
    });
    providers.journal.clear();
    await call({ operations }, { id: '../../stripe?x=1&"', note: 'a\r\nx-admin: 1 <b>&' });
    const request = providers.journal.requests('generic_http').at(-1)!;
    expect(request.path).toBe('/records/..%2F..%2Fstripe%3Fx%3D1%26%22');
    expect(request.body).toBe('<order id="../../stripe?x=1&#38;&#34;">a\r\nx-admin: 1 &#60;b&#62;&#38;</order>');
  });

  it('keeps numbers as numbers and quotes as quotes in JSON', async () => {
    providers.journal.clear();
    await (await open('http', 'generic_http')).call({
      operation: 'createRecord',
      parameters: { title: 'a","admin":true,"b":"', amount: 12 },
      reference: 'r9',
    });
    expect(JSON.parse(providers.journal.requests('generic_http').at(-1)!.body)).toEqual({
      title: 'a","admin":true,"b":"',
      amount: 12,
      ref: 'r9',
    });
  });
});
