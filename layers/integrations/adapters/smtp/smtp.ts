/**
 * Mail over SMTP (RFC 5321). A message counts as handed over once the server took its last line; when that answer is
 * lost, it may have been sent. Before that line nothing was.
 */
import { beforeActing } from '../../before-acting.ts';
import { address, mimeMessage } from '../../mime-message.ts';
import { defineProvider, type EmailMessage, type ProviderContext, ProviderError } from '../../provider.ts';
import { smtpAbout } from './about.ts';
import { SmtpConnection, type SmtpReply } from './smtp-connection.ts';

export const smtp = defineProvider({
  ...smtpAbout,
  async check(context) {
    await withServer(context, async () => undefined);
  },
  operations: (context) => ({
    async send(message) {
      const { settings } = context;
      const name = settings['from_name'];
      const sender = { address: settings['from_email']!, ...(name ? { name } : {}) };
      const { id, bytes } = mimeMessage(message, sender, context.now());
      await withServer(context, (server) => handOver(server, sender.address, message, bytes));
      return { providerReference: id, status: 'accepted' };
    },
  }),
});

/** Connects, encrypts, logs in, does the work and says goodbye. Failures on the way mean that nothing was sent. */
async function withServer(context: ProviderContext, work: (server: SmtpConnection) => Promise<void>): Promise<void> {
  if (!context.connect) throw new ProviderError('configuration', 'This runtime lets no SMTP out.');
  const host = context.settings['host']!;
  const socket = await context.connect({ host, port: Number(context.settings['port']) });
  const server = new SmtpConnection(socket, Number(context.settings['timeout_ms']));
  try {
    await beforeActing(() => open(server, context, host));
    await work(server);
    server.write('QUIT\r\n');
  } finally {
    server.close();
  }
}

async function open(server: SmtpConnection, { settings }: ProviderContext, host: string): Promise<void> {
  const tls = { host, ca: settings['ca_certificate'] };
  const security = settings['security'];
  if (security === 'tls') await server.encrypt(tls);
  expect(await server.reply(), 220);
  let extensions = expect(await server.command('EHLO mizan.local'), 250).lines;
  if (security === 'starttls') {
    // Without it the password would go in clear: an answer without STARTTLS may come from somebody on the way.
    if (!extensions.some((line) => /^STARTTLS\b/i.test(line)))
      throw new ProviderError('configuration', 'The mail server offers no STARTTLS.');
    expect(await server.command('STARTTLS'), 220);
    await server.encrypt(tls);
    extensions = expect(await server.command('EHLO mizan.local'), 250).lines;
  }
  if (settings['username']) await logIn(server, extensions, settings['username'], settings['password'] ?? '');
}

async function logIn(server: SmtpConnection, extensions: string[], user: string, password: string): Promise<void> {
  const methods =
    extensions
      .find((line) => /^AUTH\b/i.test(line))
      ?.toUpperCase()
      .split(/[ =]/) ?? [];
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  if (methods.includes('PLAIN')) {
    expect(await server.command(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`), 235);
    return;
  }
  if (!methods.includes('LOGIN'))
    throw new ProviderError('configuration', 'The mail server knows neither PLAIN nor LOGIN.');
  expect(await server.command('AUTH LOGIN'), 334);
  expect(await server.command(base64(user)), 334);
  expect(await server.command(base64(password)), 235);
}

async function handOver(server: SmtpConnection, from: string, message: EmailMessage, bytes: Uint8Array): Promise<void> {
  await beforeActing(async () => {
    expect(await server.command(`MAIL FROM:<${address(from)}>`), 250);
    for (const recipient of [...message.to, ...(message.cc ?? [])])
      expect(await server.command(`RCPT TO:<${address(recipient)}>`), 250, 251);
    expect(await server.command('DATA'), 354);
  });
  // A line that begins with a dot gets another (section 4.5.2).
  server.write(`${Buffer.from(bytes).toString('latin1').replace(/^\./gm, '..')}\r\n.\r\n`);
  expect(await server.reply(), 250);
}

/** @throws ProviderError by the reply's first digit, and by what it says of log-ins (RFC 4954, section 6) */
function expect(reply: SmtpReply, ...codes: number[]): SmtpReply {
  if (codes.includes(reply.code)) return reply;
  const providerCode = String(reply.code);
  const text = `SMTP ${reply.code}: ${reply.lines.join(' ').slice(0, 200)}`;
  if ([530, 534, 535, 538, 454].includes(reply.code)) throw new ProviderError('configuration', text, { providerCode });
  // 450, 451 and 452 ask to come back later.
  throw new ProviderError(
    reply.code >= 500 ? 'rejected' : reply.code >= 400 ? 'unavailable' : 'unreadable_answer',
    text,
    { providerCode },
  );
}
