/**
 * Amazon SES (API v2): e-mail is captured, never sent. The newest messages are kept in memory, and
 * each is written under the data folder for a person to look at.
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError, type AwsService, type RuntimeContext } from '../../runtime/types.ts';

const KEPT_EMAILS = 1_000;
const MAX_RECIPIENTS = 50;

export interface SentEmail {
  messageId: string;
  from: string;
  to: string[];
  cc: string[];
  bcc: string[];
  replyTo: string[];
  subject: string | undefined;
  text: string | undefined;
  html: string | undefined;
  /** The MIME message, when it was given raw. */
  raw: string | undefined;
  /** Milliseconds since the epoch. */
  sentAt: number;
}

export interface SesService extends AwsService {
  /** The newest e-mails, oldest first. */
  sentEmails(): readonly SentEmail[];
  /** The declared identity that stands for an address: itself, or its domain. */
  identityOf(address: string): string | undefined;
}

export function createSesService(ctx: RuntimeContext): SesService {
  const identities = new Set<string>();
  const emails: SentEmail[] = [];

  const send = (input: Record<string, any>): string => {
    const email = readEmail(input, ctx.clock.now());
    if (!isVerified(email.from, identities))
      throw new AwsError(
        'MessageRejected',
        `Email address is not verified. The following identities failed the check: ${email.from}`,
      );
    emails.push(email);
    if (emails.length > KEPT_EMAILS) emails.shift();
    ctx.log.info(`E-mail to ${[...email.to, ...email.cc, ...email.bcc].join(', ')}: ${email.subject ?? '(raw)'}`);
    if (ctx.dataDir !== undefined) {
      const folder = join(ctx.dataDir, 'emails');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${email.sentAt}-${email.messageId}.json`), JSON.stringify(email, undefined, 2));
    }
    return email.messageId;
  };

  return {
    signingName: 'ses',
    resources: {
      'AWS::SES::EmailIdentity': ({ properties }) => {
        const identity = String(properties['EmailIdentity']);
        identities.add(identity.toLowerCase());
        return { ref: identity, attributes: dkimRecords(identity) };
      },
      'AWS::SES::ConfigurationSet': ({ properties, defaultName }) => ({
        ref: String(properties['Name'] ?? defaultName),
      }),
    },
    async handle({ method, path, body }) {
      if (method !== 'POST' || path !== '/v2/email/outbound-emails')
        throw new AwsError('UnknownOperationException', `SES ${method} ${path} is not played locally.`, 404);
      return { status: 200, body: { MessageId: send(JSON.parse(body.toString('utf8'))) } };
    },
    sentEmails: () => emails,
    identityOf: (address) => identityOf(address, identities),
  };
}

function readEmail(
  { FromEmailAddress, Destination = {}, ReplyToAddresses = [], Content = {} }: Record<string, any>,
  sentAt: number,
): SentEmail {
  const { ToAddresses: to = [], CcAddresses: cc = [], BccAddresses: bcc = [] } = Destination;
  const { Simple, Raw, Template } = Content;
  if (Template !== undefined)
    throw new AwsError('BadRequestException', 'Templates are not played locally: send Simple or Raw content.');
  if ((Simple === undefined) === (Raw === undefined))
    throw new AwsError('BadRequestException', 'Content needs Simple or Raw.');
  const raw = Raw === undefined ? undefined : Buffer.from(Raw.Data, 'base64').toString('utf8');
  const from = FromEmailAddress ?? headerOf(raw, 'From');
  if (typeof from !== 'string' || !from.includes('@'))
    throw new AwsError('BadRequestException', 'FromEmailAddress must be an e-mail address.');
  const recipients = [...to, ...cc, ...bcc];
  if (raw === undefined && recipients.length === 0) throw new AwsError('BadRequestException', 'There is no recipient.');
  if (recipients.length > MAX_RECIPIENTS)
    throw new AwsError('BadRequestException', `Recipient count exceeds ${MAX_RECIPIENTS}.`);
  const broken = recipients.find((address) => !/^[^@\s]+@[^@\s]+$/.test(addressOf(address)));
  if (broken !== undefined) throw new AwsError('BadRequestException', `"${broken}" is not an e-mail address.`);
  if (
    Simple !== undefined &&
    (Simple.Subject?.Data === undefined || (Simple.Body?.Text ?? Simple.Body?.Html) === undefined)
  )
    throw new AwsError('BadRequestException', 'Simple content needs a subject and a body.');
  return {
    messageId: randomUUID(),
    from,
    to:
      raw === undefined || to.length > 0
        ? to
        : (headerOf(raw, 'To')
            ?.split(',')
            .map((each) => each.trim()) ?? []),
    cc,
    bcc,
    replyTo: ReplyToAddresses,
    subject: Simple?.Subject.Data ?? headerOf(raw, 'Subject'),
    text: Simple?.Body.Text?.Data,
    html: Simple?.Body.Html?.Data,
    raw,
    sentAt,
  };
}

function headerOf(raw: string | undefined, name: string): string | undefined {
  const head = raw?.split(/\r?\n\r?\n/, 1)[0]?.replace(/\r?\n[ \t]+/g, ' ');
  return head
    ?.split(/\r?\n/)
    .find((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    ?.slice(name.length + 1)
    .trim();
}

/** The bare address of `Name <address>`. */
function addressOf(text: string): string {
  return /<([^>]+)>\s*$/.exec(text)?.[1] ?? text.trim();
}

/** A verified domain stands for all its addresses and subdomains. Without declared identities everyone may send. */
function isVerified(from: string, identities: ReadonlySet<string>): boolean {
  return identities.size === 0 || identityOf(from, identities) !== undefined;
}

function identityOf(from: string, identities: ReadonlySet<string>): string | undefined {
  const address = addressOf(from).toLowerCase();
  const labels = (address.split('@')[1] ?? '').split('.');
  return [address, ...labels.map((_, index) => labels.slice(index).join('.'))].find((each) => identities.has(each));
}

/** The DNS records that a domain's owner would publish. */
function dkimRecords(identity: string): Record<string, string> {
  const entries = [1, 2, 3].flatMap((number) => [
    [`DkimDNSTokenName${number}`, `token${number}._domainkey.${identity}`],
    [`DkimDNSTokenValue${number}`, `token${number}.dkim.amazonses.com`],
  ]);
  return Object.fromEntries(entries);
}
