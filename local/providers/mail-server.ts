/** A mail server that keeps what it is given (RFC 5321), with log-ins, and with STARTTLS where it is given a certificate. */
import { createServer, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { Mode } from './types.ts';

const user = 'mizan';
const password = 'simulatedMailPassword01';

export interface MailServer {
  port: number;
  settings: Record<string, string>;
  setMode(mode: Mode): void;
  close(): Promise<void>;
}

export interface MailServerOptions {
  tls?: { key: string; cert: string };
  /** Encrypted from the first byte (RFC 8314) rather than after STARTTLS. @default false */
  isImplicit?: boolean;
  /** @default PLAIN and LOGIN */
  authMethods?: string;
}

/** Replies at the end of the message, or instead of the greeting. */
const finalReplies: Partial<Record<Mode, string>> = {
  reject: '554 5.7.1 Message refused',
  rate_limited: '451 4.7.1 Try again later',
  error: '451 4.3.0 Local error in processing',
};

export async function startMailServer(
  host: string,
  port: number,
  keep: (message: Record<string, unknown>) => void,
  { tls, isImplicit = false, authMethods = 'PLAIN LOGIN' }: MailServerOptions = {},
): Promise<MailServer> {
  let mode: Mode = 'ok';
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (mode === 'hang') return;
    if (mode === 'garbage') return void socket.write('<html>not a mail server</html>\r\n');
    if (mode === 'huge') return void socket.write(`220-${'x'.repeat(1024 * 1024)}\r\n`);
    converse(socket, { mode, keep, authMethods, ...(tls ? { tls } : {}) });
    socket.write('220 simulator ESMTP\r\n');
  };
  const server = tls && isImplicit ? createTlsServer(tls, accept) : createServer(accept);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as { port: number }).port;
  return {
    port: bound,
    settings: {
      host,
      port: String(bound),
      security: tls ? (isImplicit ? 'tls' : 'starttls') : 'none',
      username: user,
      password,
      from_email: 'noreply@example.com',
      from_name: 'ميزان',
    },
    setMode(next) {
      mode = next;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Conversation extends MailServerOptions {
  mode: Mode;
  keep: (message: Record<string, unknown>) => void;
  authMethods: string;
}

function converse(socket: Socket, options: Conversation): void {
  const { mode, keep, authMethods, tls } = options;
  let buffer = '';
  let isData = false;
  let from = '';
  let recipients: string[] = [];
  let isLoggedIn = false;
  let loginName: string | undefined;
  let isLogin = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const logIn = (name: string, secret: string) => {
    isLoggedIn = mode !== 'unauthorized' && name === user && secret === password;
    say(isLoggedIn ? '235 2.7.0 Accepted' : `535 5.7.8 Authentication credentials invalid ${secret}`);
  };
  const decode = (text: string) => Buffer.from(text, 'base64').toString('utf8');

  const line = (text: string): void => {
    if (isLogin) {
      if (loginName === undefined) {
        loginName = decode(text);
        return void say('334 UGFzc3dvcmQ6');
      }
      isLogin = false;
      logIn(loginName, decode(text));
      return;
    }
    const verb = text.toUpperCase();
    if (verb.startsWith('EHLO'))
      say(`250-simulator${tls && !(socket instanceof TLSSocket) ? '\r\n250-STARTTLS' : ''}\r\n250 AUTH ${authMethods}`);
    else if (verb === 'STARTTLS' && tls) {
      say('220 Go ahead');
      socket.removeAllListeners('data');
      const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tls) });
      secure.on('error', () => secure.destroy());
      converse(secure, options);
    } else if (verb.startsWith('AUTH PLAIN ')) {
      const [, name = '', secret = ''] = decode(text.slice(11)).split('\0');
      logIn(name, secret);
    } else if (verb === 'AUTH LOGIN') {
      isLogin = true;
      loginName = undefined;
      say('334 VXNlcm5hbWU6');
    } else if (verb.startsWith('MAIL FROM:')) {
      from = text.slice(10);
      say(isLoggedIn ? '250 OK' : '530 5.7.0 Authentication required');
    } else if (verb.startsWith('RCPT TO:')) {
      if (/@invalid\./.test(text)) return void say('550 5.1.1 User unknown');
      recipients.push(text.slice(8).replace(/[<>]/g, ''));
      say('250 OK');
    } else if (verb === 'DATA') {
      isData = true;
      say('354 End data with <CR><LF>.<CR><LF>');
    } else if (verb === 'QUIT') {
      say('221 Bye');
      socket.end();
    } else say('502 5.5.2 Not known');
  };

  socket.on('data', (chunk: Buffer) => {
    buffer += chunk.toString('utf8');
    for (;;) {
      const end = buffer.indexOf(isData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const text = buffer.slice(0, end);
      buffer = buffer.slice(end + (isData ? 5 : 2));
      if (!isData) {
        line(text);
        continue;
      }
      isData = false;
      const refusal = finalReplies[mode];
      if (refusal !== undefined) say(refusal);
      else {
        keep({ from, to: recipients, raw: text.replace(/^\.\./gm, '.') });
        if (mode === 'lose_answer') return void socket.destroy();
        say('250 2.0.0 Queued as SIM1');
      }
      recipients = [];
    }
  });
}
